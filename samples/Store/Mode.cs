namespace StoreSample;

internal enum Mode
{
    /// <summary>An array of .NET, read in place by Python.</summary>
    Share = 0,

    /// <summary>A store for other programs.</summary>
    Serve = 1,

    /// <summary>A stream that is read while it is written.</summary>
    Follow = 2,

    /// <summary>The reader of that stream.</summary>
    Read = 3,
}
