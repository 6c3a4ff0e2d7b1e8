using Iarnet.Actors;
using Iarnet.Functions;
using Iarnet.Objects;

namespace Iarnet.Dag.Tests;

/// <summary>Functions that only scripted actors can run.</summary>
internal static class Remote
{
    public static FunctionRef<int, int> Function(string name = "remote", Action<FunctionOptionsBuilder>? configure = null) =>
        new(Definition(name, configure));

    public static FunctionDefinition Definition(string name, Action<FunctionOptionsBuilder>? configure = null, params string[] parameters)
    {
        var builder = new FunctionOptionsBuilder();
        configure?.Invoke(builder);
        return new FunctionDefinition(name, FunctionLanguages.Python, parameters.Length == 0 ? ["x"] : [.. parameters], new PythonFileCode("f.py", name, []), builder.Build());
    }

    /// <summary>Reads the call's first argument as a remote actor would: in its encoded form.</summary>
    public static async Task<int> FirstArgument(this ActorCall call, RecordingSpace space) =>
        space.Read<int>(await call.GetArgument(0).EncodeAsync(space).Within("an argument to be encoded"));

    public static ActorOutcome Done(this ActorCall call, EncodedValue value) => ActorOutcome.Completed(call, value, TimeSpan.FromMilliseconds(3));
}
