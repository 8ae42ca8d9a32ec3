@echo off
rem Lethe's command line in the editor's terminal, run by the editor's own Node: no other is needed.
setlocal
set ELECTRON_RUN_AS_NODE=1
set ELECTRON_NO_ASAR=1
if not defined LETHE_NODE set "LETHE_NODE=node"
"%LETHE_NODE%" "%~dp0..\dist\lethe.cjs" %*
exit /b %ERRORLEVEL%
