const unitBps: Record<string, number> = {'': 1, k: 1e3, m: 1e6, g: 1e9};

/** Bits per second of a rate such as `2Mbps`, `500k` or `64000`; k, M and G are powers of 1000. */
export function parseRate(text: string): number | undefined {
	const match = /^(\d+(?:\.\d+)?)([kmg]?)(?:bps|bit\/s)?$/i.exec(text);
	if (!match) return undefined;
	const bps = Math.round(Number(match[1]) * (unitBps[(match[2] ?? '').toLowerCase()] ?? 1));
	return Number.isSafeInteger(bps) ? bps : undefined;
}

/** The shortest exact form of a rate in bits per second: `2Mbps`, `64kbps`, `1001bps`. */
export function formatRate(bps: number): string {
	for (const [unit, size] of [
		['G', 1e9],
		['M', 1e6],
		['k', 1e3],
	] as const) {
		if (bps >= size && bps % size === 0) return `${bps / size}${unit}bps`;
	}
	return `${bps}bps`;
}
