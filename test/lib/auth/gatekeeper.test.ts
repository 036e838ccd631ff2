import test from 'ava';
import fc from 'fast-check';
import {pino} from 'pino';
import {parseAuthorization} from '../../../lib/auth/authorization.ts';
import {parseAuthParameters, parseChallenges} from '../../../lib/auth/challenge.ts';
import {Failures} from '../../../lib/auth/failures.ts';
import {Gatekeeper} from '../../../lib/auth/gatekeeper.ts';
import type {AccessRequest} from '../../../lib/auth/gatekeeper.ts';
import {Known} from '../../../lib/auth/known.ts';
import {Nonces} from '../../../lib/auth/nonces.ts';
import {formatDigest} from '../../../lib/protocols/rtsp/auth.ts';
import {load} from '../../helpers/config.ts';

const yaml = `
authInternalUsers:
- {user: any, permissions: [{action: read, path: open}]}
- {user: any, ips: ['127.0.0.1', '::1'], permissions: [{action: metrics}]}
- {user: admin, pass: '0123', ips: [10.0.0.0/8], permissions: [{action: api}]}
- {user: pub, pass: 'sha256:Ggbfgk7XQbU8eFB5pjR/AO7Fr4L5hQd1QJymnf9AaKY=', permissions: [{action: publish, path: cam}, {action: publish, path: '~^p/'}]}
- {user: eye, pass: 'ha1:99a7e4c6ed0a1d7a7a8b1b1b2d2a4d0c', permissions: [{action: read}]}
`;

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

const start = (text = yaml) => {
	const lines: string[] = [];
	const waits: number[] = [];
	const clock = {nowMs: 1000};
	const gatekeeper = new Gatekeeper({
		users: () => load(text).config.authInternalUsers,
		logger: pino({base: null}, {write: line => lines.push(line)}),
		failures: new Failures({
			now: () => clock.nowMs,
			wait: async ms => void waits.push(ms),
		}),
		nonces: new Nonces({now: () => clock.nowMs}),
	});
	const ask = (request: Partial<AccessRequest>, who = ''): AccessRequest => ({
		...{action: 'read', path: 'cam', ip: '10.0.0.1', method: 'DESCRIBE', isUri: () => true},
		authorization: who === '' ? undefined : basic(who),
		...request,
	});
	const verdict = async (request: Partial<AccessRequest>, who = '') =>
		(await gatekeeper.judge(ask(request, who))).type;
	return {gatekeeper, ask, verdict, waits, lines, clock};
};

test('without users everybody may everything', async t => {
	const {gatekeeper, ask} = start('');
	t.is(await gatekeeper.admit(ask({})), '');
	t.is(await gatekeeper.admit(ask({}, 'who:ever')), '');
});

test('the user any is everybody, with whatever credentials, and has no name', async t => {
	const {gatekeeper, ask, verdict} = start();
	t.is(await verdict({path: 'open'}), 'allowed');
	t.is(await verdict({path: 'open'}, 'some:body'), 'allowed');
	t.is(await gatekeeper.admit(ask({path: 'open'}, 'some:body')), '');
	t.is(await verdict({path: 'open', action: 'publish'}), 'nobody');
});

test('an entry holds for its addresses only', async t => {
	const {verdict} = start();
	t.is(await verdict({action: 'metrics', ip: '::ffff:127.0.0.1'}), 'allowed');
	t.is(await verdict({action: 'metrics'}), 'nobody');
	t.is(await verdict({action: 'api', path: ''}, 'admin:0123'), 'allowed');
	t.is(await verdict({action: 'api', path: '', ip: '11.0.0.1'}, 'admin:0123'), 'denied');
});

test('user and password are those of the same entry', async t => {
	const {verdict} = start();
	t.is(await verdict({action: 'api'}, 'admin:123'), 'wrong');
	t.is(await verdict({action: 'api'}, 'pub:0123'), 'wrong');
	t.is(await verdict({action: 'api'}, 'pub:hashed'), 'denied');
});

test('a permission holds for its path, or the paths of its expression', async t => {
	const {verdict} = start();
	const publish = (path: string) => verdict({action: 'publish', path}, 'pub:hashed');
	t.deepEqual(await Promise.all(['cam', 'p/x', 'cam2'].map(publish)), [
		'allowed',
		'allowed',
		'denied',
	]);
});

test('a wrong password is an error that is told apart from none and from a user who may not', async t => {
	const {gatekeeper, ask} = start();
	await t.throwsAsync(gatekeeper.admit(ask({})), {code: 'AUTH_REQUIRED'});
	await t.throwsAsync(gatekeeper.admit(ask({}, 'admin:x')), {code: 'AUTH_FAILED'});
	await t.throwsAsync(gatekeeper.admit(ask({}, 'admin:0123')), {code: 'AUTH_DENIED'});
});

test('Digest is offered where every user who may do it could answer', t => {
	const {gatekeeper} = start();
	const schemes = (action: AccessRequest['action'], path = 'cam') =>
		gatekeeper
			.challenges({action, path, ip: '10.0.0.1'}, ['basic', 'digest'])
			.map(value => value.replace(/realm.*(algorithm)/, '$1').replace(/ realm.*/, ''));
	t.deepEqual(schemes('api'), ['Digest algorithm=SHA-256', 'Digest', 'Basic']);
	t.deepEqual(schemes('publish'), ['Basic']);
	t.deepEqual(schemes('read'), ['Digest', 'Basic']);
});

test('where Digest alone is allowed, Basic is neither offered nor taken', async t => {
	const {gatekeeper, ask} = start();
	const access = {action: 'read', path: 'cam', ip: '10.0.0.1'} as const;
	const offered = gatekeeper.challenges(access, ['digest']);
	t.deepEqual(
		offered.map(text => text.slice(0, 6)),
		['Digest'],
	);
	t.deepEqual(gatekeeper.challenges({...access, action: 'publish'}, ['digest']), []);
	const request = {...ask({action: 'api'}, 'admin:0123'), schemes: ['digest'] as const};
	t.deepEqual(await gatekeeper.judge(request), {type: 'nobody', isStale: false});
	t.is((await gatekeeper.judge({...request, schemes: ['basic']})).type, 'allowed');
});

test('whoever tries wrong passwords waits longer each time, and is told of once a minute', async t => {
	const {verdict, waits, lines} = start();
	for (let count = 0; count < 4; count++) await verdict({action: 'api'}, 'admin:wrong');
	t.deepEqual(waits, [250, 500, 1000]);
	t.is(lines.length, 1);
	t.regex(lines[0]!, /wrong user or password from 10\.0\.0\.1/);
	t.false(lines[0]!.includes('"wrong"'));
	t.is(await verdict({action: 'api', ip: '10.0.0.2'}, 'admin:0123'), 'allowed');
	t.is(waits.length, 3);
});

test('who stands in line for too long is sent away, until the pause is over', async t => {
	const {verdict, gatekeeper, ask, clock} = start();
	await t.throwsAsync(
		(async () => {
			for (let count = 0; count < 20; count++) await verdict({action: 'api'}, 'admin:wrong');
		})(),
		{code: 'AUTH_TOO_OFTEN'},
	);
	await t.throwsAsync(gatekeeper.judge(ask({action: 'api'}, 'admin:0123')), {
		code: 'AUTH_TOO_OFTEN',
	});
	clock.nowMs += 60_000;
	t.is(await verdict({action: 'api'}, 'admin:0123'), 'allowed');
});

test("a right password makes up for its own user's wrong ones alone", async t => {
	const {verdict, waits} = start();
	const ip = '10.0.0.1';
	await verdict({action: 'api', ip}, 'admin:wrong');
	await verdict({action: 'publish', ip}, 'pub:hashed');
	await verdict({action: 'api', ip}, 'admin:wrong');
	t.deepEqual(waits, [250, 500]);
	await verdict({action: 'api', ip}, 'admin:0123');
	t.is(waits.length, 3);
	await verdict({action: 'api', ip}, 'admin:wrong');
	t.is(waits.length, 3);
});

test('whoever was right before waits for nobody who is wrong at the same address', async t => {
	const {verdict, waits} = start();
	const admin = async (password: string) => verdict({action: 'api'}, `admin:${password}`);
	t.is(await admin('0123'), 'allowed');
	for (let count = 0; count < 3; count++) await verdict({action: 'api'}, 'somebody:else');
	await t.throwsAsync(
		(async () => {
			for (let count = 0; count < 20; count++) await admin('wrong');
		})(),
		{code: 'AUTH_TOO_OFTEN'},
	);
	const before = waits.length;
	for (let count = 0; count < 20; count++) t.is(await admin('0123'), 'allowed');
	t.is(waits.length, before);
});

test('whoever was right before stands in line where passwords are guessed by the hundred', async t => {
	const {verdict} = start();
	const admin = async (password: string) => verdict({action: 'api'}, `admin:${password}`);
	t.is(await admin('0123'), 'allowed');
	for (let count = 0; count < 300; count++) await admin('wrong').catch(() => undefined);
	await t.throwsAsync(admin('0123'), {code: 'AUTH_TOO_OFTEN'});
});

test('Digest is known again like Basic', async t => {
	const {gatekeeper, ask, verdict, waits} = start();
	const digest = (password: string) => {
		const access = {action: 'api', path: '', ip: '10.0.0.1'} as const;
		const [challenge] = parseChallenges(gatekeeper.challenges(access, ['digest']));
		if (challenge?.scheme !== 'digest') throw new Error('expected Digest');
		const input = {
			challenge,
			method: 'GET',
			uri: '/',
			user: 'admin',
			password,
			cnonce: '',
			count: 1,
		};
		return {...access, method: 'GET', authorization: formatDigest(input)};
	};
	const judge = async (password: string) => (await gatekeeper.judge(ask(digest(password)))).type;
	t.is(await judge('0123'), 'allowed');
	await verdict({action: 'api'}, 'somebody:else');
	t.is(await judge('0123'), 'allowed');
	t.is(waits.length, 0);
	t.is(await judge('wrong'), 'wrong');
	t.is(waits.length, 1);
});

test('who was right is remembered of so many only', t => {
	const known = new Known();
	const credentials = {scheme: 'basic', user: 'a', password: 'b'} as const;
	for (let index = 0; index < 10_001; index++) known.add(`${index}`, credentials);
	t.is(known.size, 10_000);
	t.false(known.has('0', credentials));
	t.true(known.has('10000', credentials));
	t.false(known.has('10000', {...credentials, password: 'c'}));
});

test('addresses that failed are forgotten in time, and only so many are remembered', async t => {
	const clock = {nowMs: 0};
	const failures = new Failures({now: () => clock.nowMs, wait: async () => {}});
	for (let index = 0; index < 20_000; index++) failures.failed(`${index}`, 'admin');
	t.is(failures.size, 10_000);
	clock.nowMs = 400_000;
	await failures.turn('19999');
	t.is(failures.size, 9999);
});

test('a nonce holds for its address and its time', t => {
	const clock = {nowMs: 5000};
	const nonces = new Nonces({lifeMs: 1000, now: () => clock.nowMs});
	const nonce = nonces.make('10.0.0.1');
	t.is(nonces.check(nonce, '10.0.0.1'), 'fresh');
	t.is(nonces.check(nonce, '10.0.0.2'), 'foreign');
	t.is(nonces.check(new Nonces().make('10.0.0.1'), '10.0.0.1'), 'foreign');
	clock.nowMs += 1000;
	t.is(nonces.check(nonce, '10.0.0.1'), 'stale');
	for (const text of ['', 'x', nonce.slice(1), `${nonce}0`])
		t.is(nonces.check(text, '10.0.0.1'), 'foreign');
});

test('whatever a client says of itself, the parser returns', t => {
	const scheme = fc.constantFrom('', 'Basic ', 'Digest ', 'Digest username="a", response=');
	fc.assert(
		fc.property(scheme, fc.string({unit: 'binary'}), (beginning, rest) => {
			parseAuthorization(beginning + rest);
			new Nonces().check(rest, '');
		}),
	);
	t.is(parseAuthorization(undefined), undefined);
	t.deepEqual(parseAuthorization(basic('a:b:c')), {scheme: 'basic', user: 'a', password: 'b:c'});
});

test('credentials that are long or full of blanks are nothing that could be checked, which is seen at once', t => {
	t.is(parseAuthorization(`Basic ${' '.repeat(1_000_000)}${'x'.repeat(5000)}`), undefined);
	t.is(parseAuthorization(`Basic ${'YTpi'.repeat(2000)}`), undefined);
	t.is(parseAuthorization(`Digest${' '.repeat(2000)}${'a'.repeat(2000)}`), undefined);
	const given = parseAuthorization(`Basic    ${Buffer.from('a:b').toString('base64')}`);
	t.deepEqual(given, {scheme: 'basic', user: 'a', password: 'b'});
});

test('the parameters of a challenge are found in a long text as fast as in a short one', t => {
	const found = parseAuthParameters(`${'a'.repeat(1_000_000)} realm="x", nonce=y`);
	t.deepEqual(
		[...found],
		[
			['realm', 'x'],
			['nonce', 'y'],
		],
	);
});

test('wrong passwords count for a whole network of IPv6, and for nobody else', async t => {
	const waits: number[] = [];
	const failures = new Failures({now: () => 1000, wait: async ms => void waits.push(ms)});
	failures.failed('2001:db8::1', 'admin');
	await failures.turn('2001:0db8:0:0:ffff:1:2:3');
	t.is(waits.length, 1);
	await failures.turn('2001:db8:0:1::1');
	await failures.turn('::1');
	await failures.turn('10.0.0.1');
	t.is(waits.length, 1);
	t.is(failures.size, 1);
});
