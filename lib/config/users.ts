// What is wrong with the users of a configuration beyond the form of their keys.
import {parseSecret} from '../util/secret.ts';
import type {Report} from './report.ts';
import type {Config} from './schema.ts';

/** Of hashes of other kinds nobody can answer Digest. */
export function warnOfDigest({authInternalUsers, rtspAuthMethods}: Config, report: Report): void {
	if (rtspAuthMethods.includes('basic')) return;
	authInternalUsers.forEach(({user, pass}, index) => {
		const secret = parseSecret(pass);
		if (user === 'any' || !secret.ok || !['sha256', 'argon2'].includes(secret.value.type)) return;
		report.warning(
			['authInternalUsers', index, 'pass'],
			`cannot be said over RTSP, because rtspAuthMethods has digest alone, which needs it plain or as ha1:`,
		);
	});
}

/** The user `any` is everybody: a password for it would be one that nobody is asked for. */
export function checkUsers({authInternalUsers}: Config, report: Report): void {
	authInternalUsers.forEach(({user, pass}, index) => {
		if (user !== 'any' || pass === '') return;
		const path = ['authInternalUsers', index, 'pass'];
		report.error(path, 'expected no password, the user any is everybody');
	});
}
