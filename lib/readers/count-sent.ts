/** Adds to what a path has sent, of so many paths that names chosen by strangers cannot fill the memory. */
export const countSent = (sent: Map<string, number>, path: string, bytes: number): void => {
	const before = sent.get(path) ?? 0;
	sent.delete(path);
	sent.set(path, before + bytes);
	const [oldest] = sent.keys();
	if (sent.size > maxPathsCounted && oldest !== undefined) sent.delete(oldest);
};

const maxPathsCounted = 10_000;
