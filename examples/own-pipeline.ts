// This example shows how to:
// 1. publish a pipeline of one's own to a path (any launch line of GStreamer that ends in a hubsink),
// 2. see when the path has its stream, and why the pipeline fails,
// 3. pause and go on: readers are held meanwhile,
// 4. end the server, and the pipeline with it.
import {createServer} from 'sluice';

const config = {paths: {mine: {source: 'publisher'}}};
const server = await createServer({config, env: process.env});
const pipeline = server.startPipeline(
	'videotestsrc is-live=true pattern=ball ! x264enc tune=zerolatency key-int-max=30 ! hubsink path=mine',
);

const mine = server.path('mine');
mine.on('ready', () => console.log(`watch it at ${server.httpUrl}/mine/: ${mine.facts?.tracks}`));
mine.on('reconnecting', () => console.log('paused, readers are held'));
pipeline.on('failed', ({message}) => console.log(`the pipeline failed: ${message}`));

process.on('SIGUSR1', () => pipeline.pause());
process.on('SIGUSR2', () => pipeline.play());
process.once('SIGINT', () => void server.close());
