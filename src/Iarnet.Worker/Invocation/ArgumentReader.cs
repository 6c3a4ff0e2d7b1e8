using Iarnet.Components.Worker;

namespace Iarnet.Worker.Invocation;

/// <summary>Where a parameter gets its value from.</summary>
internal abstract class ArgumentReader
{
    /// <summary>As the typed one, for methods that have too many parameters for a typed delegate.</summary>
    public abstract object? ReadBoxed(FunctionCall call, int index);
}

/// <inheritdoc/>
internal abstract class ArgumentReader<T> : ArgumentReader
{
    public abstract T Read(FunctionCall call, int index);

    public sealed override object? ReadBoxed(FunctionCall call, int index) => Read(call, index);
}

/// <summary>The argument at the parameter's place.</summary>
internal sealed class ValueReader<T> : ArgumentReader<T>
{
    public override T Read(FunctionCall call, int index) => call.GetArgument<T>(index);
}

/// <summary>All arguments, as one array.</summary>
internal sealed class VariadicReader<TElement> : ArgumentReader<TElement[]>
{
    public override TElement[] Read(FunctionCall call, int index)
    {
        var all = new TElement[call.ArgumentCount];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = call.GetArgument<TElement>(i);
        }

        return all;
    }
}

/// <summary>The cancellation of the call.</summary>
internal sealed class CancellationReader : ArgumentReader<CancellationToken>
{
    public override CancellationToken Read(FunctionCall call, int index) => call.Cancellation;
}
