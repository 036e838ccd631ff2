import test from 'ava';
import {Passwords} from '../../../lib/auth/passwords.ts';
import type {Check} from '../../../lib/auth/passwords.ts';
import {findUsers} from '../../../lib/auth/users.ts';
import {parseSecret} from '../../../lib/util/secret.ts';
import {load} from '../../helpers/config.ts';
import {until} from '../../helpers/until.ts';

// printf test | argon2 saltsalt -id -t 3 -k 4096 -p 1
const argon2 =
	'argon2:$argon2id$v=19$m=4096,t=3,p=1$c2FsdHNhbHQ$Fja6Oj/0GYvY+b6B1/uhYx1+ByzXi/mG7GepiY6R2bQ';

const check = (given: string, {place = 'here', text = argon2} = {}): Check => {
	const secret = parseSecret(text);
	if (!secret.ok) throw new Error(secret.reason);
	return {text, secret: secret.value, given, place};
};

/** Passwords whose comparisons end when the test says so; `right` is the right one. */
const startPasswords = () => {
	const begun: string[] = [];
	const running: (() => void)[] = [];
	const passwords = new Passwords(async (_, given) => {
		begun.push(given);
		await new Promise<void>(resolve => running.push(resolve));
		return given === 'right';
	});
	const endOne = () => running.shift()?.();
	return {passwords, begun, endOne, running};
};

test('argon2 is computed once at a time, for one place after the other', async t => {
	const {passwords, begun, endOne, running} = startPasswords();
	const all = [
		...['a1', 'a2', 'a3'].map(given => check(given, {place: 'a'})),
		check('right', {place: 'b'}),
	].map(async it => passwords.isRight(it));
	for (let count = 1; count <= 4; count++) {
		await until(() => begun.length === count);
		t.is(running.length, 1);
		endOne();
	}
	t.deepEqual(await Promise.all(all), [false, false, false, true]);
	t.deepEqual(begun, ['a1', 'a2', 'right', 'a3']);
});

test('what was right is known, and what several ask at once is computed once', async t => {
	const {passwords, begun, endOne} = startPasswords();
	const both = [passwords.isRight(check('right')), passwords.isRight(check('right'))];
	await until(() => begun.length === 1);
	endOne();
	t.deepEqual(await Promise.all(both), [true, true]);
	t.true(await passwords.isRight(check('right', {place: 'there'})));
	t.is(begun.length, 1);
	const wrong = passwords.isRight(check('wrong'));
	await until(() => begun.length === 2);
	endOne();
	t.false(await wrong);
});

test('who sends many passwords at once is told to wait, others are not', async t => {
	const {passwords, begun, endOne} = startPasswords();
	const all = Array.from({length: 17}, async (_, index) => passwords.isRight(check(`${index}`)));
	await t.throwsAsync(passwords.isRight(check('one more')), {code: 'AUTH_TOO_OFTEN'});
	const other = passwords.isRight(check('right', {place: 'there'}));
	for (let count = 1; count <= 18; count++) {
		await until(() => begun.length === count);
		endOne();
	}
	t.true(await other);
	t.false((await Promise.all(all)).includes(true));
	t.is(begun[2], 'right');
});

test('a comparison that fails is no password, and the next one has its turn', async t => {
	let count = 0;
	const passwords = new Passwords(async () => {
		if (++count === 1) throw new Error('no memory');
		return Promise.resolve(true);
	});
	const first = passwords.isRight(check('a'));
	const second = passwords.isRight(check('b'));
	await t.throwsAsync(first, {message: 'no memory'});
	t.true(await second);
});

const yaml = `
authInternalUsers:
- {user: one, pass: '${argon2}', permissions: [{action: read}]}
- {user: one, pass: '${argon2}', permissions: [{action: publish}]}
- {user: two, pass: '${argon2.replace('c2FsdHNhbHQ', 'c2FsdHNhbHR0')}', permissions: [{action: read}]}
- {user: three, pass: plain, permissions: [{action: read}]}
`;

const asked = test.macro({
	exec: async (t, user: string, password: string, expected: {found: number; argon2: number}) => {
		let slow = 0;
		const passwords = new Passwords(async (secret, given) => {
			if (secret.type === 'argon2') slow++;
			return secret.type === 'plain' ? secret.text === given : given === 'test';
		});
		const {authInternalUsers: users} = load(yaml).config;
		const credentials = {scheme: 'basic', user, password} as const;
		const found = await findUsers(users, {credentials, method: 'GET', ip: '::1'}, passwords);
		t.deepEqual({found: found.length, argon2: slow}, expected);
	},
	title: (_, user, password) => `${user} with the password ${password} costs what anybody costs`,
});

test(asked, 'one', 'test', {found: 2, argon2: 1});
test(asked, 'one', 'wrong', {found: 0, argon2: 1});
test(asked, 'nobody', 'test', {found: 0, argon2: 1});
test(asked, 'three', 'wrong', {found: 0, argon2: 1});
test(asked, 'three', 'plain', {found: 1, argon2: 0});
