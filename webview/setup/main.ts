import '../toolkit.js';
import './setup.css';
import { render } from 'lit';
import type { FromSetup, ToSetup } from '../../src/contract/setup.js';
import { page } from './page.js';

const host = acquireVsCodeApi<never>();
const root = document.getElementById('setup')!;
const send = (message: FromSetup) => host.postMessage(message);

addEventListener('message', ({ data }: MessageEvent<ToSetup>) => render(page(data.view, send), root));

send({ kind: 'ready' });
