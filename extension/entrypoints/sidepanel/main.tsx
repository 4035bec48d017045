import { render } from 'preact';
import { Panel } from '../../panel/panel.tsx';
import '../../panel/page.css';
import '../../panel/panel.css';
import { startPage } from '../../panel/start-page.ts';

const tab = Number(new URLSearchParams(location.search).get('tab') ?? Number.NaN);
render(Number.isInteger(tab) ? <Panel tab={tab} /> : <Panel />, startPage('panel_title'));
