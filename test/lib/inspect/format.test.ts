import test from 'ava';
import {formatReport} from '../../../lib/inspect/format.ts';
import {remarkCodes, remarksOn} from '../../../lib/inspect/remarks.ts';
import {formatFact, formatTable, wrap} from '../../../lib/inspect/table.ts';
import {
	formatSeconds,
	h264LevelName,
	h264ProfileName,
	nalList,
} from '../../../lib/inspect/words.ts';
import {lookAt} from '../../helpers/look.ts';

test('the text fits 80 columns, but for lines of the SDP, and has every section', async t => {
	const {report} = await lookAt(t, {hasSound: true, pictures: 'bframes'}, {rows: 30});
	const text = formatReport(report, (_, line) => line);
	const sdp = new Set((report.sdp ?? '').split(/\r\n/).map(line => `  ${line}`));
	for (const line of text.split('\n')) t.true(line.length <= 80 || sdp.has(line), line);
	for (const title of ['SDP', 'Track 0: video H264', 'Packets', 'Frames', 'Track 1 in', 'Remarks'])
		t.regex(text, new RegExp(`^${title}`, 'm'));
	t.regex(text, /^ {2}SPS +High|^ {2}SPS +Main/m);
	t.regex(text, /I key +\d+ +\d+ +\d+ .*SPS PPS IDR/);
	t.regex(text, /B-frames/);
	t.false(text.includes('\u001B'));
});

test('a track that fell silent is remarked on, however well it began', async t => {
	const {report} = await lookAt(t, {}, {pictures: 30});
	const [track] = report.tracks;
	t.true((track?.silentUs ?? -1) >= 0);
	const codesAfter = (silentUs: number | null, lookedUs = report.lookedUs) =>
		remarksOn({...report, lookedUs, tracks: [{...track!, silentUs}]}).map(({code}) => code);
	t.false(codesAfter(1e6).includes('FELL_SILENT'));
	t.true(codesAfter(4e6).includes('FELL_SILENT'));
	// A picture every four seconds or so.
	t.false(codesAfter(4e6, 120e6).includes('FELL_SILENT'));
	t.false(codesAfter(null).includes('FELL_SILENT'));
});

test('a report of a camera that refused has no empty section', async t => {
	const {report} = await lookAt(t, {
		reply: (reply, {method}) => {
			if (method === 'DESCRIBE') reply.status = '404 Not Found';
		},
	});
	const text = formatReport(report, (_, line) => line);
	t.notRegex(text, /SDP|Packets|Frames/);
	t.regex(text, /DESCRIBE +404 Not Found/);
});

test('what a camera says does not reach the terminal as a command', async t => {
	const {report} = await lookAt(
		t,
		{
			sdp: sdp => sdp.replace('s=scripted', 's=\u001B[2J\u009Bnasty'),
			reply: ({headers}) => void headers.set('Server', '\u001B]0;title\u0007'),
		},
		{pictures: 2},
	);
	const text = formatReport(report, (_, line) => line);
	t.regex(text, /s=\?\[2J\?nasty/);
	t.regex(text, /server +\?\]0;title\?/);
	t.notRegex(text.replaceAll('\n', ''), /\p{Cc}/u);
});

test('profiles and levels have the names of the standard', t => {
	const baseline = {profileIdc: 66, constraints: 0xc0, levelIdc: 31};
	t.is(h264ProfileName(baseline), 'Constrained Baseline');
	t.is(h264ProfileName({profileIdc: 100, constraints: 0}), 'High');
	t.is(h264ProfileName({profileIdc: 7, constraints: 0}), 'profile 7');
	t.is(h264LevelName(baseline), '3.1');
	t.is(h264LevelName({profileIdc: 66, constraints: 0x10, levelIdc: 11}), '1b');
	t.is(h264LevelName({profileIdc: 100, constraints: 0x10, levelIdc: 11}), '1.1');
});

test('times are as long as they need to be', t => {
	const times = [950, 40_000, 1_250_000, 7200e6, 86_400e6 * 30, -1_500_000];
	t.deepEqual(times.map(formatSeconds), ['1 ms', '40 ms', '1.25 s', '2 h', '30 days', '-1.5 s']);
});

test('NAL units of one kind in a row are counted', t => {
	t.is(nalList('H264', [7, 8, 5, 5, 5]), 'SPS PPS IDR x3');
	t.is(nalList('H265', [32, 33, 34, 19]), 'VPS SPS PPS IDR');
	t.is(nalList('H264', [24]), '24');
	t.is(nalList('OPUS', []), '');
});

test('long values are broken at blanks, under their label', t => {
	t.deepEqual(wrap('aa bb cc', 5), ['aa bb', 'cc']);
	t.deepEqual(wrap('aaaaaaa b', 3), ['aaaaaaa', 'b']);
	t.is(formatFact('methods', 'GET '.repeat(40).trim()).length, 3);
	const columns = [{title: 'n', width: 3, cell: (row: number) => String(row)}];
	t.deepEqual(formatTable(columns, [1, 22]), ['    n', '    1', '   22']);
});

test('no code of a remark is there twice', t => {
	t.is(new Set(remarkCodes).size, remarkCodes.length);
});
