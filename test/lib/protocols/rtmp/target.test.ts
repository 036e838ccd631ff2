import test from 'ava';
import {authorizationOf, targetOf} from '../../../../lib/protocols/rtmp/target.ts';

const means = test.macro({
	exec(t, [application, name]: [string, string], path: string, query = '') {
		t.deepEqual(targetOf(application, name), {path, query});
	},
	title: (_, [application, name]: [string, string]) =>
		`the application ${application} and the name "${name}"`,
});

test(means, ['live', 'cam'], 'live/cam');
test(means, ['live/', '/cam/'], 'live/cam');
test(means, ['cam', ''], 'cam');
test(means, ['a/b', 'c/d'], 'a/b/c/d');
test(means, ['live', 'cam?user=ann&pass=x'], 'live/cam', 'user=ann&pass=x');
test(means, ['live?user=ann&pass=x', 'cam'], 'live/cam', 'user=ann&pass=x');
test(means, ['live?a', 'cam?b'], 'live/cam', 'a&b');
test(means, ['', ''], '');

test('user and password in the query are those of Basic', t => {
	const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
	t.is(authorizationOf('user=ann&pass=a%26b'), basic('ann:a&b'));
	t.is(authorizationOf('user=ann'), basic('ann:'));
	t.is(authorizationOf('token=x'), undefined);
});
