import test from 'ava';
import fc from 'fast-check';
import {isSecret, parseSecret} from '../../../lib/util/secret.ts';
import type {Secret} from '../../../lib/util/secret.ts';

const secretOf = (text: string): Secret => {
	const secret = parseSecret(text);
	if (!secret.ok) throw new Error(secret.reason);
	return secret.value;
};

// printf hashed | openssl dgst -sha256 -binary | base64; printf test | argon2 saltsalt -id -t 3 -k 4096 -p 1
const forms: [form: string, word: string][] = [
	['0123', '0123'],
	['sha256:Ggbfgk7XQbU8eFB5pjR/AO7Fr4L5hQd1QJymnf9AaKY=', 'hashed'],
	[
		'argon2:$argon2id$v=19$m=4096,t=3,p=1$c2FsdHNhbHQ$Fja6Oj/0GYvY+b6B1/uhYx1+ByzXi/mG7GepiY6R2bQ',
		'test',
	],
];

for (const [form, word] of forms)
	test(`${form.slice(0, 20)} is the word ${word} and no other`, async t => {
		t.true(await isSecret(secretOf(form), word));
		t.false(await isSecret(secretOf(form), `${word} `));
		t.false(await isSecret(secretOf(form), form.includes(':') ? form : ''));
	});

test('the hash of Digest stands for no word', async t => {
	const secret = secretOf('ha1:00112233445566778899AABBCCDDEEFF');
	t.like(secret, {type: 'ha1', algorithm: 'md5', hash: '00112233445566778899aabbccddeeff'});
	t.false(await isSecret(secret, '00112233445566778899aabbccddeeff'));
	t.like(secretOf(`ha1:${'0'.repeat(64)}`), {algorithm: 'sha256'});
});

for (const form of [
	'sha256:x',
	'sha256:',
	'ha1:12',
	'argon2:$argon2id$v=19$m=4096,t=3,p=1$c2FsdHNhbHQ',
	'argon2:$argon2id$v=19$m=9999999,t=3,p=1$c2FsdHNhbHQ$Fja6Oj/0GYvY+b6B1/uhYx1',
	'argon2:$argon2id$v=19$m=4096,t=99,p=1$c2FsdHNhbHQ$Fja6Oj/0GYvY+b6B1/uhYx1',
	'argon2:$argon2id$v=19$m=1,t=1,p=1$c2FsdHNhbHQ$Fja6Oj/0GYvY+b6B1/uhYx1',
])
	test(`${form} is refused`, t => {
		t.false(parseSecret(form).ok);
	});

test('whatever stands there, the parser returns', t => {
	const prefix = fc.constantFrom('', 'sha256:', 'argon2:', 'argon2:$argon2id$v=19$m=', 'ha1:');
	fc.assert(
		fc.property(prefix, fc.string({unit: 'binary'}), (beginning, rest) => {
			const secret = parseSecret(beginning + rest);
			t.is(
				secret.ok && secret.value.type === 'plain',
				beginning === '' && !/^(sha256|argon2|ha1):/.test(rest),
			);
		}),
	);
});
