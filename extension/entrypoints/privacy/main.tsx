import { render } from 'preact';
import '../../panel/page.css';
import { startPage } from '../../panel/start-page.ts';
import { PrivacyPage } from '../../settings/privacy-page.tsx';

render(<PrivacyPage />, startPage('privacy_title'));
