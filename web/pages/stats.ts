// The page of statistics: what comes in, who reads it, and how late; by Server-Sent Events, once a second.
import type {StatsFacts} from '../../lib/api/types.ts';
import {byId, setText} from '../shared/dom.ts';
import {formatAge, formatBitrate, formatCodecs} from '../shared/format.ts';
import {Speeds} from '../shared/speeds.ts';
import {Table} from '../shared/table.ts';
import {stateWords} from '../shared/words.ts';

type PathRow = StatsFacts['paths'][number];
type ReaderRow = StatsFacts['readers'][number] & {bps: number | null; ageSeconds: number};

const summary = byId('summary', HTMLParagraphElement);
const notice = byId('notice', HTMLParagraphElement);
const speeds = new Speeds();

const number = (value: number | null, digits = 0): string =>
	value === null ? '' : value.toFixed(digits);

const paths = new Table<PathRow>(byId('paths', HTMLTableElement), [
	['Path', ({name}) => name],
	['State', ({state}) => stateWords[state]],
	['Codecs', ({tracks}) => formatCodecs(tracks)],
	['Picture', ({width, height}) => (width && height ? `${width}×${height}` : '')],
	['Bitrate', ({bitrate}) => formatBitrate(bitrate)],
	['Frames/s', ({frameRate}) => number(frameRate, 1)],
	['Key frames every', ({keyFrameDistance: it}) => (it === null ? '' : `${number(it, 1)} s`)],
	['Jitter', ({jitter}) => (jitter === null ? '' : `${number(jitter * 1000, 1)} ms`)],
	['Lost', ({lostPackets}) => String(lostPackets)],
	['Viewers', ({readers}) => String(readers.length)],
	['Sent', ({bytesSent}) => formatBytes(bytesSent)],
]);

const readers = new Table<ReaderRow>(byId('readers', HTMLTableElement), [
	['Path', ({path}) => path],
	['Protocol', ({protocol}) => protocol.toUpperCase()],
	['Address', ({remoteAddr}) => remoteAddr],
	['User', ({user}) => user],
	['Since', ({ageSeconds}) => formatAge(ageSeconds)],
	['Speed', ({bps}) => formatBitrate(bps)],
	['Delay', ({report, delay}) => describeDelay(report?.ltc ?? null, delay)],
	['Buffer', ({report}) => (report ? `${number(report.bl)} ms` : '')],
	['Round trip', ({report}) => (report?.rtt ? `${number(report.rtt, 1)} ms` : '')],
	['Left out', ({dropped, report}) => String((dropped ?? 0) + (report?.dfa ?? 0))],
	['Stalls', ({report}) => (report ? String(report.bsa) : '')],
]);

function describeDelay(now: number | null, delay: ReaderRow['delay']): string {
	if (now === null || !delay) return '';
	return `${number(now)} ms (${number(delay.min)} to ${number(delay.max)}, mean ${number(delay.avg)})`;
}

function formatBytes(bytes: number): string {
	return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function show({time, process, paths: known, readers: reading}: StatsFacts): void {
	const atMs = Date.parse(time);
	paths.show(known);
	readers.show(
		reading.map(reader => ({
			...reader,
			bps: speeds.of(reader.id, reader.bytesSent, atMs),
			ageSeconds: (atMs - Date.parse(reader.created)) / 1000,
		})),
	);
	speeds.forget(new Set(reading.map(({id}) => id)));
	const viewers = reading.length === 1 ? '1 viewer' : `${reading.length} viewers`;
	const live = known.filter(({state}) => state === 'ready').length;
	setText(
		summary,
		`${live} of ${known.length} live, ${viewers}, ${number(process.cpuPercent)} % of a core, ${number(process.memoryBytes / 1e6)} MB`,
	);
}

const events = new EventSource('/v3/stats/events');
events.addEventListener('message', ({data}) => {
	notice.hidden = true;
	show(JSON.parse(String(data)) as StatsFacts);
});
events.addEventListener('error', () => {
	notice.hidden = false;
	setText(
		notice,
		'The server does not answer, or shows its statistics to users with the permission `api` only. Trying again…',
	);
	// Browsers give up what was refused.
	if (events.readyState === EventSource.CLOSED) window.setTimeout(() => location.reload(), 10_000);
});
