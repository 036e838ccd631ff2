import test from 'ava';
import {load, problemsOf} from '../../helpers/config.ts';
import {isAllowed, isKnown} from '../../../lib/config/users.ts';
import type {AccessRequest} from '../../../lib/config/users.ts';

// The hash is that of the word "hashed".
const {authInternalUsers: users} = load(`
authInternalUsers:
- {user: any, permissions: [{action: read}]}
- {user: any, ips: ['127.0.0.1', '::1'], permissions: [{action: metrics}]}
- {user: admin, pass: '0123', ips: [10.0.0.0/8], permissions: [{action: api}]}
- {user: pub, pass: 'sha256:Ggbfgk7XQbU8eFB5pjR/AO7Fr4L5hQd1QJymnf9AaKY=', permissions: [{action: publish, path: cam}, {action: publish, path: '~^p/'}]}
`).config;

const ask = (request: Partial<AccessRequest>) =>
	isAllowed(users, {action: 'read', path: 'cam', user: '', pass: '', ip: '10.0.0.1', ...request});

test('the user any is everybody, with whatever credentials', t => {
	t.true(ask({}));
	t.true(ask({user: 'somebody', pass: 'x'}));
	t.false(ask({action: 'publish'}));
});

test('an entry holds for its addresses only', t => {
	t.true(ask({action: 'metrics', ip: '::ffff:127.0.0.1'}));
	t.false(ask({action: 'metrics'}));
	t.true(ask({action: 'api', user: 'admin', pass: '0123'}));
	t.false(ask({action: 'api', user: 'admin', pass: '0123', ip: '11.0.0.1'}));
});

test('user and password are those of the same entry', t => {
	t.false(ask({action: 'api', user: 'admin', pass: '123'}));
	t.false(ask({action: 'api', user: 'admin'}));
	t.false(ask({action: 'api', user: 'pub', pass: '0123'}));
	t.true(isKnown(users, {user: 'admin', pass: '0123'}));
	t.false(isKnown(users, {user: '', pass: ''}));
});

test('a permission holds for its path, or the paths of its expression', t => {
	const credentials = {action: 'publish', user: 'pub', pass: 'hashed'} as const;
	t.true(ask({...credentials, path: 'cam'}));
	t.true(ask({...credentials, path: 'p/x'}));
	t.false(ask({...credentials, path: 'cam2'}));
	t.false(ask({...credentials, path: 'cam', pass: 'other'}));
});

test('credentials that cannot be right are refused', t => {
	const open = '- {user: any, permissions: [{action: read}]}';
	const problem = (entry: string) => problemsOf(`authInternalUsers:\n${open}\n- ${entry}`).join();
	t.regex(problem('{user: any, pass: x}'), /expected no password/);
	t.regex(problem('{user: a, pass: "sha256:x"}'), /expected 32 bytes in base64/);
	t.regex(problem('{user: a, pass: "argon2:$argon2id$secret"}'), /argon2: is not supported$/);
	t.regex(problem('{user: a, ips: [10.0.0]}'), /expected an IP address or a network/);
	t.regex(problem('{pass: a}'), /authInternalUsers\.1\.user: expected a text, got nothing/);
	t.regex(problem('{user: a, permissions: [{action: api, path: "~("}]}'), /regular expression/);
});
