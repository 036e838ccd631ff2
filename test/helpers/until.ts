/** Waits until a condition holds, looking again at every turn of the event loop. */
export const until = async (holds: () => boolean): Promise<void> => {
	while (!holds()) await new Promise(resolve => setImmediate(resolve));
};
