namespace Iarnet.Functions;

/// <summary>The languages that have a worker.</summary>
public static class FunctionLanguages
{
    /// <summary>Static methods of .NET assemblies.</summary>
    public const string DotNet = "dotnet";

    /// <summary>Python functions.</summary>
    public const string Python = "python";

    /// <summary>Node.js functions.</summary>
    public const string NodeJs = "nodejs";
}
