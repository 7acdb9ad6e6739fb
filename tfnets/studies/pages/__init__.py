"""What each study draws and claims: run and numbers -> figures and `findings.Report`."""
