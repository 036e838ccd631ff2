// acceptance/rtsp-cameras.md, line 11: how cameras ask for user and password.
import test from 'ava';
import {cite} from '../../../helpers/is-pulled.ts';
import {startPull, untilFrames} from '../../../helpers/pull.ts';
import {startScriptedCamera} from '../../../helpers/scripted-camera.ts';

const authenticates = test.macro({
	async exec(
		t,
		_title: string,
		challenges: string[],
		more: {everyQuestions?: number; isStaleSaid?: boolean} = {},
	) {
		const [user, password] = ['admin', 'p@ss:w/rd%'];
		const camera = await startScriptedCamera(t, {auth: {user, password, challenges, ...more}});
		const pull = startPull(t, camera.url('/live?a=b', `${user}:${password}@`));
		await untilFrames(camera, pull, 10);
		await pull.close();
		t.is(camera.methods().at(-1), 'TEARDOWN');
		t.false(pull.log().includes(password));
	},
	title: (_, title) => cite(title as string, 'user and password are taken by a camera with'),
});
const digest = (more = '') => `Digest realm="cam", nonce=NONCE${more}`;
test(authenticates, '11: Basic', ['Basic realm="cam"']);
test(authenticates, '11: Digest of RFC 2069', [digest()]);
test(authenticates, '11: Digest MD5 and qop', [digest(', algorithm=MD5, qop="auth,auth-int"')]);
test(authenticates, '11: Digest MD5-sess', [digest(', algorithm=MD5-sess, qop="auth"')]);
test(authenticates, '11: Digest SHA-256', [digest(', algorithm=SHA-256')]);
test(authenticates, '11: Digest SHA-256-sess', [
	digest(', algorithm=SHA-256-sess, qop="auth", opaque="x"'),
]);
test(authenticates, '11: several challenges', [
	'Basic realm="cam"',
	digest(),
	digest(', algorithm=SHA-256'),
]);
test(authenticates, '11: a nonce that goes stale', [digest(', qop="auth"')], {
	everyQuestions: 2,
	isStaleSaid: true,
});
test(authenticates, '11: a new nonce for every second question', [digest()], {everyQuestions: 2});

test('line 11: the strongest of several challenges is answered', async t => {
	const challenges = ['Basic realm="cam"', digest(), digest(', algorithm=SHA-256')];
	const camera = await startScriptedCamera(t, {auth: {user: 'u', password: 'p', challenges}});
	const pull = startPull(t, camera.url('/live', 'u:p@'));
	await untilFrames(camera, pull, 5);
	t.regex(camera.asked[1]!.headers.get('authorization')!, /algorithm=SHA-256/);
});
