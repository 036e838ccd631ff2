import {readFileSync} from 'node:fs';
import test from 'ava';
import {runCommand} from '../helpers/command.ts';

test('Dockerfile and build/Dockerfile have the same bytes', t => {
	t.deepEqual(readFileSync('Dockerfile'), readFileSync('build/Dockerfile'));
});

test('what the image installs is installed by build/setup.sh alone', t => {
	const dockerfile = readFileSync('Dockerfile', 'utf8');
	t.notRegex(dockerfile, /apt-get|apt install/);
	t.regex(dockerfile, /RUN build\/setup\.sh run/);
	t.regex(dockerfile, /RUN build\/setup\.sh runtime/);
});

for (const target of ['docker-build', 'docker-run-test', 'docker-build-streamer']) {
	test(`${target} says that no daemon answers, and fails`, async t => {
		const env = {...process.env, DOCKER_HOST: 'unix:///nowhere.sock'};
		const ended = await runCommand('make', ['--no-print-directory', target], {env});
		t.not(ended.code, 0);
		t.regex(ended.stderr, new RegExp(`^${target}: no Docker daemon answers here`, 'm'));
	});
}
