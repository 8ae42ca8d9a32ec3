/**
 * The one door to @vscode/webview-ui-toolkit, which is archived: whatever replaces it is registered here under the same names.
 * Elements in use: `vscode-button`, `vscode-text-field`.
 */
import { provideVSCodeDesignSystem, vsCodeButton, vsCodeTextField } from '@vscode/webview-ui-toolkit';

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeTextField());
