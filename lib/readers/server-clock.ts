/** The server clock of native code in microseconds, asked for with every block and so without a call through the door. */
export const serverClock = (native: {nowUs(): number}): (() => number) => {
	const offsetUs = native.nowUs() - performance.now() * 1000;
	return () => performance.now() * 1000 + offsetUs;
};
