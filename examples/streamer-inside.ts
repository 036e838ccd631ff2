// This example shows how to:
// 1. move a stream from within a program (the arguments are INPUT and OUTPUT, or a test picture goes into clip.mp4),
// 2. see what passes, what is transcoded and how far it is,
// 3. end it in order: after two seconds of media, or with Ctrl-C.
import {createStreamer} from 'sluice';

const [input = 'test:', output = 'clip.mp4'] = process.argv.slice(2);
const streamer = await createStreamer({input, output, duration: '2s'});

streamer.on('plan', text => console.log(text));
streamer.on('status', ({state, position}) => console.log(`${state} at ${position.toFixed(1)} s`));
process.once('SIGINT', () => void streamer.exit());

const {error} = await streamer.ended;
console.log(error ? error.message : `${streamer.status().position.toFixed(1)} s are in ${output}`);
process.exitCode = error ? 1 : 0;
