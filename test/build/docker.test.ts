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

test('each command has an image that runs it', t => {
	const stages = readFileSync('Dockerfile', 'utf8').split(/^FROM /m);
	for (const [stage, command] of [
		['runtime', 'sluice'],
		['streamer', 'streamer'],
	]) {
		const text = stages.find(one => one.startsWith(`ground AS ${stage}\n`)) ?? '';
		t.true(text.includes(`\nENTRYPOINT ["/sluice/bin/${command}"]`));
	}
	t.regex(stages.at(-1) ?? '', /^ground AS runtime$/m);
});

for (const target of ['docker-build', 'docker-run-test', 'docker-build-streamer']) {
	test(`${target} says that no daemon answers, and fails`, async t => {
		const env = {...process.env, DOCKER_HOST: 'unix:///nowhere.sock'};
		const ended = await runCommand('make', ['--no-print-directory', target], {env});
		t.not(ended.code, 0);
		t.regex(ended.stderr, new RegExp(`^${target}: no Docker daemon answers here`, 'm'));
	});
}
