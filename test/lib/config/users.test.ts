import test from 'ava';
import {load, problemsOf} from '../../helpers/config.ts';

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

test('where RTSP has Digest alone, a password that cannot answer it is warned of', t => {
	const warnings = (methods: string) =>
		load(
			`rtspAuthMethods: [${methods}]\nauthInternalUsers:\n- {user: a, pass: plain}\n- {user: b, pass: 'sha256:${'A'.repeat(43)}='}`,
		).warnings;
	t.deepEqual(warnings('basic, digest'), []);
	t.is(warnings('digest').length, 1);
	t.regex(warnings('digest')[0]!, /authInternalUsers\.1\.pass.*digest alone/);
});
