/** Resolves when the work has ended; to false when the time was over first. */
export const withinTime = async (work: Promise<unknown>, ms: number): Promise<boolean> => {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<boolean>(resolve => {
		timer = setTimeout(() => resolve(false), ms);
	});
	try {
		return await Promise.race([work.then(() => true), late]);
	} finally {
		clearTimeout(timer);
	}
};
