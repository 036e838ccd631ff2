import test from 'ava';
import fc from 'fast-check';
import {parseAuthorization} from '../../../../lib/auth/authorization.ts';
import {
	Authenticator,
	digestResponse,
	formatBasic,
	formatDigest,
} from '../../../../lib/protocols/rtsp/auth.ts';
import {
	byStrength,
	formatChallenge,
	kindOf,
	parseAuthParameters,
	parseChallenges,
} from '../../../../lib/auth/challenge.ts';
import type {Algorithm, Challenge} from '../../../../lib/auth/challenge.ts';
import type {RtspResponse} from '../../../../lib/protocols/rtsp/message.ts';

const text = fc.stringMatching(/^[ -~]{0,20}$/);
const algorithm = fc.constantFrom<Algorithm>('MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess');

const challenge: fc.Arbitrary<Challenge> = fc.oneof(
	fc.record({scheme: fc.constant('basic' as const), realm: text}),
	fc
		.record({
			scheme: fc.constant('digest' as const),
			realm: text,
			nonce: text,
			opaque: fc.option(text, {nil: undefined}),
			algorithm,
			isAlgorithmNamed: fc.boolean(),
			qop: fc.constantFrom('auth' as const, undefined),
			isStale: fc.boolean(),
		})
		.map(made => (made.isAlgorithmNamed ? made : {...made, algorithm: 'MD5' as const})),
);

test('several challenges in one header read back as they were written', t => {
	fc.assert(
		fc.property(fc.array(challenge, {maxLength: 4}), original => {
			t.deepEqual(parseChallenges([original.map(formatChallenge).join(', ')]), original);
			t.deepEqual(parseChallenges(original.map(formatChallenge)), original);
		}),
	);
});

test('an Authorization reads back as it was written', t => {
	const printable = fc.string({unit: 'binary', maxLength: 20});
	const credentials = fc.record({
		user: printable.filter(user => !user.includes(':')),
		password: printable,
	});
	const challenged = challenge.filter(made => made.scheme === 'digest');
	fc.assert(
		fc.property(credentials, challenged, text, (own, made, uri) => {
			const {user, password} = own;
			t.deepEqual(parseAuthorization(formatBasic(own)), {scheme: 'basic', user, password});
			const input = {...own, challenge: made, method: 'PLAY', uri, cnonce: 'c', count: 9};
			const {realm, nonce, algorithm, qop} = made;
			const hasCnonce = qop !== undefined || algorithm.endsWith('-sess');
			t.deepEqual(parseAuthorization(formatDigest(input)), {
				...{scheme: 'digest', user, realm, nonce, algorithm, qop, uri},
				response: digestResponse(input),
				cnonce: hasCnonce ? 'c' : '',
				count: qop ? '00000009' : '',
			});
		}),
	);
});

test('any header gives challenges or none, never an exception', t => {
	fc.assert(
		fc.property(fc.string({maxLength: 200}), header => {
			parseChallenges([header, `Digest ${header}`, `Basic ${header}`]);
		}),
	);
	t.pass();
});

test('the strongest challenge comes first, and unknown ones are left out', t => {
	const challenges = parseChallenges([
		'Negotiate',
		'Basic realm="Digest nonce=x"',
		'Digest realm="r", nonce="1", algorithm=SHA-512-256, Digest realm="r",nonce="2",algorithm=sha-256',
		'Digest realm="r", nonce="3"',
	]);
	t.deepEqual(byStrength(challenges).map(kindOf), ['SHA-256', 'MD5', 'basic']);
});

// RFC 7616 section 3.9.1.
const answersAsTheRfc = test.macro({
	exec(t, algorithm: Algorithm, expected: string) {
		const response = digestResponse({
			user: 'Mufasa',
			password: 'Circle of Life',
			challenge: {
				scheme: 'digest',
				realm: 'http-auth@example.org',
				nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
				opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
				algorithm,
				isAlgorithmNamed: true,
				qop: 'auth',
				isStale: false,
			},
			method: 'GET',
			uri: '/dir/index.html',
			cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
			count: 1,
		});
		t.is(response, expected);
	},
	title: (_, algorithm) => `the example of RFC 7616 is answered by ${algorithm}`,
});

test(answersAsTheRfc, 'MD5', '8ca523f5e9506fed4657c9700eebdbec');
test(
	answersAsTheRfc,
	'SHA-256',
	'753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
);

const unauthorized = (...challenges: string[]): RtspResponse => ({
	type: 'response',
	status: 401,
	reason: 'Unauthorized',
	headers: challenges.map(value => ['WWW-Authenticate', value] as const),
	body: '',
});

const credentials = {user: 'u"ser', password: 'p@ss:w/rd%'};

test('nobody is told who we are before they ask', t => {
	t.is(new Authenticator(credentials).authorize('OPTIONS', '*'), undefined);
});

test('without credentials a challenge cannot be met', t => {
	t.false(new Authenticator().challenged(unauthorized('Basic realm="r"')));
});

test('a refused kind is followed by the next one, then by nothing', t => {
	const authenticator = new Authenticator(credentials);
	const response = unauthorized('Digest realm="r", nonce="n"', 'Basic realm="r"');
	t.true(authenticator.challenged(response));
	t.regex(authenticator.authorize('OPTIONS', '*') ?? '', /^Digest username="u\\"ser"/);
	t.true(authenticator.challenged(response));
	t.is(authenticator.authorize('OPTIONS', '*'), formatBasic(credentials));
	t.false(authenticator.challenged(response));
});

test('a stale nonce is replaced by the new one and counted from 1', t => {
	const authenticator = new Authenticator(credentials);
	const nonceAndCount = () => {
		const parameters = parseAuthParameters(authenticator.authorize('OPTIONS', '*') ?? '');
		return [parameters.get('nonce'), parameters.get('nc')];
	};
	authenticator.challenged(unauthorized('Digest realm="r", nonce="1", qop="auth"'));
	t.deepEqual(nonceAndCount(), ['1', '00000001']);
	t.deepEqual(nonceAndCount(), ['1', '00000002']);
	t.true(
		authenticator.challenged(unauthorized('Digest realm="r",nonce="2",qop="auth",stale=TRUE')),
	);
	t.deepEqual(nonceAndCount(), ['2', '00000001']);
});

test('a new nonce after good answers is answered even if nobody calls the old one stale', t => {
	const authenticator = new Authenticator(credentials);
	authenticator.challenged(unauthorized('Digest realm="r", nonce="1"'));
	authenticator.authorize('OPTIONS', '*');
	authenticator.accepted({...unauthorized(), status: 200});
	authenticator.authorize('DESCRIBE', '*');
	t.true(authenticator.challenged(unauthorized('Digest realm="r", nonce="2"')));
	authenticator.authorize('DESCRIBE', '*');
	t.false(authenticator.challenged(unauthorized('Digest realm="r", nonce="3"')));
});

test('the next nonce that comes with a good answer is used', t => {
	const authenticator = new Authenticator(credentials);
	authenticator.challenged(unauthorized('Digest realm="r", nonce="1"'));
	authenticator.authorize('OPTIONS', '*');
	authenticator.accepted({
		...unauthorized(),
		status: 200,
		headers: [['Authentication-Info', 'nextnonce="2"']],
	});
	t.regex(authenticator.authorize('DESCRIBE', '*') ?? '', /nonce="2"/);
});

test('a host that may not have the password in plain words does not get it', t => {
	const authenticator = new Authenticator(credentials, {allowBasic: false});
	t.false(authenticator.challenged(unauthorized('Basic realm="r"')));
});
