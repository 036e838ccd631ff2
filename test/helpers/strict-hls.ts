// A client of low-latency HLS that plays by the specification and holds the server to it: what it finds wrong is thrown.
import assert from 'node:assert/strict';
import {beginsWithKey, usualFlags} from './mp4.ts';
import {parseAttributes, parsePlaylist} from './hls-playlist.ts';
import type {ListedSegment, ParsedPlaylist} from './hls-playlist.ts';

const near = (a: number, b: number, by: number): boolean => Math.abs(a - b) <= by;
const sum = (numbers: number[]): number => numbers.reduce((all, one) => all + one, 0);

/** Plays one path. Every playlist that it gets is checked by itself and against all before it. */
export class StrictHls {
	readonly #base: string;
	#mediaUrl = '';
	readonly #known = new Map<number, ListedSegment>();
	/** The parts that were hinted at, asked for at once. */
	readonly #hinted = new Map<string, Promise<Buffer>>();
	playlist: ParsedPlaylist | undefined;
	/** Complete segments that were fetched and compared with their parts. */
	compared = 0;
	variant: Record<string, string> = {};

	constructor(url: string, path: string) {
		this.#base = `${url}/${path}/`;
	}

	/** Media sequence numbers and what is known of them. */
	get segments(): ListedSegment[] {
		return [...this.#known.values()];
	}

	async open(): Promise<void> {
		const text = await this.text(`${this.#base}index.m3u8`);
		const [, attributes = '', uri = ''] = /#EXT-X-STREAM-INF:(.*)\n(.*)\n/.exec(text) ?? [];
		this.variant = parseAttributes(attributes);
		for (const name of ['BANDWIDTH', 'AVERAGE-BANDWIDTH', 'CODECS', 'RESOLUTION', 'FRAME-RATE'])
			assert.ok(this.variant[name], `the multivariant playlist says ${name}`);
		this.#mediaUrl = new URL(uri, this.#base).href;
		this.#take(parsePlaylist(await this.text(this.#mediaUrl)));
	}

	/** The address of the media playlist with further directives. */
	url(query: Record<string, string | number> = {}): string {
		const url = new URL(this.#mediaUrl);
		for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
		return url.href;
	}

	/** Waits for the next part, and takes what has come. */
	async step(): Promise<ParsedPlaylist> {
		const {msn, part} = this.next();
		const answer = await fetch(this.url({_HLS_msn: msn, _HLS_part: part}));
		assert.equal(answer.status, 200);
		const parsed = parsePlaylist(await answer.text());
		const newest = parsed.segments.at(-1);
		assert.ok(newest && newest.sequence >= msn, 'the playlist has what was waited for');
		const control = `public, max-age=${6 * parsed.targetDuration}`;
		assert.equal(answer.headers.get('cache-control'), control);
		await this.#compareAll(this.#take(parsed));
		return parsed;
	}

	/** Where the next part is expected. */
	next(): {msn: number; part: number} {
		const newest = this.playlist?.segments.at(-1);
		assert.ok(newest);
		return newest.uri === undefined
			? {msn: newest.sequence, part: newest.parts.length}
			: {msn: newest.sequence + 1, part: 0};
	}

	async bytes(uri: string): Promise<Buffer> {
		const answer = await fetch(this.#base + uri);
		assert.equal(answer.status, 200, uri);
		assert.match(answer.headers.get('cache-control') ?? '', /^public, max-age=\d+, immutable$/);
		assert.equal(answer.headers.get('access-control-allow-origin'), '*');
		return Buffer.from(await answer.arrayBuffer());
	}

	async text(url: string): Promise<string> {
		const answer = await fetch(url);
		assert.equal(answer.status, 200, url);
		return answer.text();
	}

	#take(playlist: ParsedPlaylist): ListedSegment[] {
		checkHead(playlist);
		checkParts(playlist);
		checkDates(playlist);
		if (this.playlist) this.#checkSuccession(this.playlist, playlist);
		this.playlist = playlist;
		const complete = playlist.segments.flatMap(segment => this.#learn(segment));
		const {hint} = playlist;
		assert.ok(hint, 'there always is a hint');
		if (!this.#hinted.has(hint)) this.#askFor(hint);
		return complete;
	}

	#checkSuccession(before: ParsedPlaylist, after: ParsedPlaylist): void {
		assert.ok(after.mediaSequence >= before.mediaSequence, 'the media sequence never goes back');
		const last = before.segments.at(-1)!;
		const isAnew = after.mediaSequence > last.sequence;
		if (!isAnew) {
			assert.equal(after.targetDuration, before.targetDuration);
			assert.equal(after.partTarget, before.partTarget);
		}
		const parts = after.segments.flatMap(segment => segment.parts.map(({uri}) => uri));
		const known = new Set(before.segments.flatMap(it => it.parts.map(({uri}) => uri)));
		const [fresh] = parts.filter(uri => !known.has(uri));
		if (fresh !== undefined) assert.equal(fresh, before.hint, 'the hinted part is the next one');
	}

	/** A segment never becomes another one. Gives it when it has just become complete, with all its parts known. */
	#learn(segment: ListedSegment): ListedSegment[] {
		const before = this.#known.get(segment.sequence);
		this.#known.set(segment.sequence, segment);
		if (!before) return [];
		for (const name of ['init', 'dateTime', 'discontinuities'] as const)
			assert.equal(segment[name], before[name], `${name} of ${segment.sequence} stays`);
		const listed = segment.parts.length > 0 ? segment.parts : before.parts;
		assert.deepEqual(listed.slice(0, before.parts.length), before.parts, 'parts stay');
		const isNew = before.uri === undefined && segment.uri !== undefined;
		if (before.uri !== undefined) assert.equal(segment.uri, before.uri);
		this.#known.set(segment.sequence, {...segment, parts: listed});
		return isNew && segment.parts.length > 0 ? [segment] : [];
	}

	/** The server holds the answer until the part is there; at the end nobody waits for the last one. */
	#askFor(hint: string): void {
		const asked = this.bytes(hint);
		asked.catch(() => this.#hinted.delete(hint));
		this.#hinted.set(hint, asked);
	}

	async #compareAll(segments: ListedSegment[]): Promise<void> {
		for (const segment of segments) await this.#compare(segment);
	}

	/** Parts one after the other are the segment, and say truly where one can begin. */
	async #compare({uri = '', init = '', duration, parts}: ListedSegment): Promise<void> {
		const whole = await this.bytes(uri);
		const usual = usualFlags(await this.bytes(init));
		const pieces = await Promise.all(
			parts.map(({uri: part}) => this.#hinted.get(part) ?? this.bytes(part)),
		);
		assert.ok(Buffer.concat(pieces).equals(whole), 'parts are the segment, byte for byte');
		assert.ok(near(sum(parts.map(part => part.duration)), duration, 0.00001));
		for (const [index, {independent}] of parts.entries()) {
			const isKey = beginsWithKey(pieces[index]!, usual);
			assert.equal(independent, isKey === true, `INDEPENDENT of part ${index} of ${uri}`);
		}
		assert.ok(parts[0]?.independent, 'a segment begins with a key frame');
		this.compared++;
	}
}

const checkHead = ({
	version,
	targetDuration,
	control,
	partTarget,
	segments,
}: ParsedPlaylist): void => {
	assert.ok(version >= 9);
	assert.equal(control['CAN-BLOCK-RELOAD'], 'YES');
	assert.ok(partTarget !== undefined && partTarget > 0);
	assert.ok(Number(control['PART-HOLD-BACK']) >= 3 * partTarget - 1e-6);
	assert.ok(Number(control['HOLD-BACK']) >= 3 * targetDuration);
	assert.ok(Number(control['CAN-SKIP-UNTIL']) >= 6 * targetDuration);
	for (const {duration} of segments) assert.ok(Math.round(duration) <= targetDuration);
};

const checkParts = ({targetDuration, partTarget = 0, segments}: ParsedPlaylist): void => {
	for (const [index, {uri, parts}] of segments.entries()) {
		const later = sum(segments.slice(index + 1).map(({duration}) => duration));
		if (later > 3 * targetDuration) assert.equal(parts.length, 0, 'old parts leave');
		for (const [at, {duration, independent}] of parts.entries()) {
			assert.ok(duration <= partTarget + 1e-6, `a part of ${duration}`);
			const isLast = uri !== undefined && at === parts.length - 1;
			if (!isLast && !independent) assert.ok(duration >= 0.85 * partTarget);
		}
	}
};

/** Wall time and media time go together, where nothing breaks. */
const checkDates = ({segments}: ParsedPlaylist): void => {
	for (const [index, {dateTime, duration, discontinuities}] of segments.entries()) {
		assert.ok(dateTime, 'PROGRAM-DATE-TIME');
		const next = segments[index + 1];
		if (!next?.dateTime || next.discontinuities !== discontinuities) continue;
		const stepMs = next.dateTime - dateTime;
		assert.ok(near(stepMs, 1000 * duration, 100 * duration + 2), 'dates follow the media');
	}
};
