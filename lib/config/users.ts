// What is wrong with the users of a configuration beyond the form of their keys.
import type {Report} from './report.ts';
import type {Config} from './schema.ts';

/** The user `any` is everybody: a password for it would be one that nobody is asked for. */
export function checkUsers({authInternalUsers}: Config, report: Report): void {
	authInternalUsers.forEach(({user, pass}, index) => {
		if (user !== 'any' || pass === '') return;
		const path = ['authInternalUsers', index, 'pass'];
		report.error(path, 'expected no password, the user any is everybody');
	});
}
