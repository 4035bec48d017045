import { render } from 'preact';
import '../../panel/page.css';
import { startPage } from '../../panel/start-page.ts';
import { SettingsPage } from '../../settings/settings-page.tsx';

render(<SettingsPage />, startPage('settings_title'));
