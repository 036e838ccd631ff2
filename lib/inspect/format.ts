// The report as text: one section after the other.
import {describeFigures, describeParameters} from './describe-track.ts';
import type {FrameRow, PacketRow, Report} from './report.ts';
import {formatFact, formatTable, lineWidth, wrap} from './table.ts';
import type {Column} from './table.ts';
import {formatSeconds, hex, nalList, plural, printable} from './words.ts';

/** How a title and a remark look; what they say is the same. */
export type Paint = (style: 'title' | 'remark', text: string) => string;

export const formatReport = (report: Report, paint: Paint): string =>
	sections
		.flatMap(section => section(report))
		.filter(({lines}) => lines.length > 0)
		.map(({title, lines, style}) =>
			[
				paint('title', printable(title)),
				...lines.map(printable).map(line => (style === undefined ? line : paint(style, line))),
			].join('\n'),
		)
		.join('\n\n')
		.concat('\n');

type Section = {title: string; lines: string[]; style?: 'remark'};

const connection = ({url, connection: its}: Report): Section => ({
	title: url,
	lines: [
		...formatFact('connection', `${its.host} port ${its.port}${its.tls ? ' (TLS)' : ''}`),
		...formatFact('transport', its.transport),
		...formatFact('password', its.authentication),
		...(its.server === null ? [] : formatFact('server', its.server)),
		...(its.methods.length === 0 ? [] : formatFact('methods', its.methods.join(', '))),
		...(its.sessionTimeoutSeconds === null
			? []
			: formatFact('session', `timeout of ${its.sessionTimeoutSeconds} s`)),
		...its.exchanges.map(({method, status, reason}) =>
			`  ${method.padEnd(14)}${status} ${reason}`.slice(0, lineWidth),
		),
	],
});

const description = ({sdp}: Report): Section => ({
	title: 'SDP, as received',
	lines: (sdp ?? '')
		.split(/[\r\n]+/)
		.filter(line => line !== '')
		.map(line => `  ${line}`),
});

const tracks = (report: Report): Section[] =>
	report.tracks.map(track => ({
		title: `Track ${track.index}: ${track.kind} ${track.codec}, ${track.clockRateHz} Hz, payload type ${track.payloadType}`,
		lines: describeParameters(track),
	}));

const codecOf = ({tracks: all}: Report, track: number): string => all[track]?.codec ?? '';

const seconds = (us: number): string => (us / 1e6).toFixed(3);

const packets = (report: Report): Section => ({
	title: `Packets: the first ${report.packets.length}`,
	lines: report.packets.length > 0 ? formatTable(packetColumns(report), report.packets) : [],
});

const packetColumns = (report: Report): Column<PacketRow>[] => [
	{title: 'time', width: 8, cell: ({atUs}) => seconds(atUs)},
	{title: 'tr', width: 2, cell: ({track}) => String(track)},
	{title: 'seq', width: 5, cell: ({sequence}) => String(sequence)},
	{title: 'ssrc', width: -8, cell: ({ssrc}) => hex(ssrc)},
	{title: 'pt', width: 3, cell: ({payloadType}) => String(payloadType)},
	{title: 'm', width: 1, cell: ({marker}) => (marker ? 'M' : '')},
	{title: 'timestamp', width: 10, cell: ({timestamp}) => String(timestamp)},
	{title: 'bytes', width: 6, cell: ({bytes}) => String(bytes)},
	{title: 'NAL units', width: 0, cell: row => describeNals(codecOf(report, row.track), row)},
];

const describeNals = (codec: string, {nals, piece}: PacketRow): string =>
	piece === 'whole' ? nalList(codec, nals) : `${nalList(codec, nals)} (${piece})`;

const frames = (report: Report): Section => ({
	title: `Frames: the first ${report.frames.length}`,
	lines: report.frames.length > 0 ? formatTable(frameColumns(report), report.frames) : [],
});

const frameColumns = (report: Report): Column<FrameRow>[] => [
	{title: 'time', width: 8, cell: ({atUs}) => seconds(atUs)},
	{title: 'tr', width: 2, cell: ({track}) => String(track)},
	{title: 'type', width: -4, cell: ({picture, key}) => describePicture(picture, key)},
	{title: 'timestamp', width: 10, cell: ({timestamp}) => String(timestamp)},
	{title: 'bytes', width: 7, cell: ({bytes}) => String(bytes)},
	{title: 'packets', width: 7, cell: row => String(row.packets)},
	{
		title: 'NAL units',
		width: 0,
		cell: ({track, nals, damaged}) =>
			`${nalList(codecOf(report, track), nals)}${damaged ? ' (damaged)' : ''}`,
	},
];

const describePicture = (picture: FrameRow['picture'], key: boolean): string =>
	picture === '' ? '-' : `${picture}${key ? ' key' : ''}`;

const summary = (report: Report): Section[] =>
	report.tracks.map(track => ({
		title: `Track ${track.index} in ${formatSeconds(report.lookedUs)}`,
		lines: describeFigures(track),
	}));

const remarks = ({remarks: all}: Report): Section =>
	all.length === 0
		? {title: 'Remarks', lines: ['  nothing unusual']}
		: {title: 'Remarks', lines: all.flatMap(formatRemark), style: 'remark'};

const formatRemark = ({track, text}: Report['remarks'][number]): string[] =>
	wrap(`${track === null ? '' : `track ${track}: `}${text}`, lineWidth - 4).map(
		(line, index) => `  ${index === 0 ? '-' : ' '} ${line}`,
	);

const framing = ({resyncs}: Report): Section => ({
	title: 'Framing',
	lines: resyncs > 0 ? formatFact('lost', plural(resyncs, 'time')) : [],
});

const sections: readonly ((report: Report) => Section | Section[])[] = [
	connection,
	description,
	tracks,
	packets,
	frames,
	summary,
	framing,
	remarks,
];
