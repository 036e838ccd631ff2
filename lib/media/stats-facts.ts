// What is going on in the whole server: plain data, for the page of statistics.
import type {PathFacts} from './facts.ts';
import type {ReaderFacts} from './reader-facts.ts';

/** What the server itself takes. */
export type ProcessFacts = {
	/** Percent of one core, since the look before. */
	cpuPercent: number;
	/** Resident, in bytes. */
	memoryBytes: number;
	/** Seconds since its start. */
	uptime: number;
};

/** All that is going on, at one moment. */
export type StatsFacts = {
	/** ISO 8601. */
	time: string;
	process: ProcessFacts;
	paths: PathFacts[];
	readers: ReaderFacts[];
};
