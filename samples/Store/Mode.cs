namespace StoreSample;

internal enum Mode
{
    /// <summary>An array of .NET, read in place by Python.</summary>
    Share = 0,

    /// <summary>A store for other programs.</summary>
    Serve = 1,
}
