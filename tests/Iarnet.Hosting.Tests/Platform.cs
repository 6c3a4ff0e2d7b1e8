using System.Runtime.Versioning;

// File modes, signals and shared memory: what these tests look at is there on Unix only.
[assembly: UnsupportedOSPlatform("windows")]
