// What is measured in milliseconds of one stream: one entry a row.
import {firstPictureOf} from './first-picture.ts';
import {measureFrameDelay} from './frame-delay.ts';

export type Spread = {
	tries: number;
	leastMs: number;
	medianMs: number;
	p95Ms: number;
	mostMs: number;
};

export type DelayRow = {
	name: string;
	measure: () => Promise<Spread>;
	/** From the issues, and of which of its figures. */
	targetMs: number;
	judged: 'p95Ms' | 'mostMs';
};

export type Delay = {row: string} & Spread;

export const delayRows: DelayRow[] = [
	{
		name: 'first decoded picture over RTSP-TCP, GOP of 10 s, start=fast',
		measure: firstPictureOf('rtsp'),
		targetMs: 500,
		judged: 'mostMs',
	},
	{
		name: 'first decoded picture over RTMP, GOP of 10 s',
		measure: firstPictureOf('rtmp'),
		targetMs: 500,
		judged: 'mostMs',
	},
	{
		name: 'a picture from an RTMP publisher to an RTSP-TCP reader',
		measure: measureFrameDelay,
		targetMs: 5,
		judged: 'p95Ms',
	},
];
