import test from 'ava';
import {parseArguments} from '../../../lib/cli/arguments.ts';
import {isSourceArgument} from '../../../lib/config/from-urls.ts';

const parse = (line: string, files: string[] = []) =>
	parseArguments(line.split(' ').filter(Boolean), {
		isSource: isSourceArgument,
		isFile: file => files.includes(file),
	});

test('no word at all means sluice.yml where there is one, else the defaults', t => {
	t.like(parse('', ['sluice.yml']), {type: 'serve', file: 'sluice.yml', urls: undefined});
	t.like(parse(''), {type: 'serve', file: undefined, urls: undefined, isSupervised: true});
});

test('a word that is no URL is a file', t => {
	t.like(parse('config.yml'), {type: 'serve', file: 'config.yml'});
});

test('URLs with and without names are sources', t => {
	const urls = ['rtsp://camera/stream', 'door=rtsp://camera/stream', 'test:'];
	t.like(parse(urls.join(' ')), {type: 'serve', file: undefined, urls});
});

test('a file among URLs, or two files, are refused', t => {
	t.like(parse('test: config.yml'), {type: 'wrong'});
	t.like(parse('a.yml b.yml'), {type: 'wrong'});
});

test('check takes one file', t => {
	t.deepEqual(parse('check config.yml'), {type: 'check', file: 'config.yml'});
	t.like(parse('check'), {type: 'wrong'});
});

test('inspect takes one RTSP URL and its own options', t => {
	const url = 'rtsp://camera/stream';
	const usual = {
		type: 'inspect',
		url,
		isJson: false,
		packets: 30,
		seconds: 10,
		fingerprint: '',
	} as const;
	t.deepEqual(parse(`inspect ${url}`), usual);
	t.deepEqual(parse(`inspect ${url} --json --packets 0 --seconds 3`), {
		...usual,
		isJson: true,
		packets: 0,
		seconds: 3,
		fingerprint: '',
	});
	for (const wrong of [
		'',
		'test:',
		`${url} ${url}`,
		`${url} --packets x`,
		`${url} --fingerprint x`,
		`${url} --seconds 0`,
	])
		t.like(parse(`inspect ${wrong}`), {type: 'wrong'}, wrong);
	t.like(parse('test: --json'), {type: 'wrong'});
	t.false(JSON.stringify(parse('inspect http://a:geheim@b/')).includes('geheim'));
});

test('a source that this version cannot start is refused, not served as nothing', t => {
	for (const word of ['http://x/y', 'srt://x:1', 'cam=udp://:5000', 'test: whep://x/y'])
		t.like(parse(word), {type: 'wrong'}, word);
	const {reason} = parse('http://x/y') as {reason: string};
	t.is(reason, 'sources of the form http:// are not supported by this version');
});

test('what begins with a minus is no value, and the URLs of tunnels are named', t => {
	const reasonOf = (line: string) => (parse(line) as {reason: string}).reason;
	t.is(
		reasonOf('inspect rtsp://x/ --packets -1'),
		'expected a value after --packets that does not begin with -',
	);
	t.regex(reasonOf('inspect http://x/'), /rtsp\+http:\/\/ or rtsp\+ws:\/\/, got http:\/\/x/);
});

test('options are known or refused', t => {
	t.deepEqual(parse('--version'), {type: 'version'});
	t.deepEqual(parse('-h'), {type: 'help'});
	t.like(parse('--no-supervisor test:'), {type: 'serve', isSupervised: false});
	t.like(parse('--nonsense'), {type: 'wrong'});
});
