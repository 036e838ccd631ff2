import test from 'ava';
import {problemsOf} from '../../helpers/config.ts';

test('credentials that cannot be right are refused', t => {
	const problem = (entry: string) => problemsOf(`authInternalUsers:\n- ${entry}`).join();
	t.regex(problem('{user: any, pass: x}'), /expected no password/);
	t.regex(problem('{user: a, pass: "sha256:x"}'), /expected 32 bytes in base64/);
	t.regex(problem('{user: a, pass: "argon2:x"}'), /expected \$argon2id\$v=19/);
	t.regex(problem('{user: a, pass: "ha1:x"}'), /in hexadecimal after ha1:/);
	t.regex(problem('{user: "ha1:x"}'), /ha1: is for passwords/);
	t.regex(problem('{user: a, ips: [10.0.0]}'), /expected an IP address or a network/);
	t.regex(problem('{pass: a}'), /authInternalUsers\.0\.user: expected a text, got nothing/);
	t.regex(problem('{user: a, permissions: [{action: api, path: "~("}]}'), /regular expression/);
});

test('users may be the only ones who read', t => {
	t.deepEqual(
		problemsOf('authInternalUsers: [{user: a, pass: b, permissions: [{action: read}]}]'),
		[],
	);
});
