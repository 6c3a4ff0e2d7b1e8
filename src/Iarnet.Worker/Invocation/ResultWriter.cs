using Iarnet.Components.Worker;

namespace Iarnet.Worker.Invocation;

/// <summary>What is done with what a method returns.</summary>
internal abstract class ResultWriter
{
    public abstract void WriteBoxed(FunctionCall call, object? returned);
}

/// <inheritdoc/>
internal abstract class ResultWriter<T> : ResultWriter
{
    public abstract void Write(FunctionCall call, T returned);

    public sealed override void WriteBoxed(FunctionCall call, object? returned) => Write(call, (T)returned!);
}

/// <summary>A method that returns nothing: the call's result stays null.</summary>
internal sealed class NothingWriter : ResultWriter
{
    public override void WriteBoxed(FunctionCall call, object? returned)
    {
        // Nothing to write.
    }
}

/// <summary>The value is the result.</summary>
internal sealed class ValueWriter<T> : ResultWriter<T>
{
    public override void Write(FunctionCall call, T returned) => call.SetResult(returned);
}

/// <summary>The call ends with the task. Its thread waits: it belongs to the call, and so counts it among those that run.</summary>
internal sealed class TaskWriter : ResultWriter<Task>
{
    public override void Write(FunctionCall call, Task returned) => returned.GetAwaiter().GetResult();
}

/// <inheritdoc cref="TaskWriter"/>
internal sealed class TaskWriter<T> : ResultWriter<Task<T>>
{
    public override void Write(FunctionCall call, Task<T> returned) => call.SetResult(returned.GetAwaiter().GetResult());
}

/// <inheritdoc cref="TaskWriter"/>
internal sealed class ValueTaskWriter : ResultWriter<ValueTask>
{
    public override void Write(FunctionCall call, ValueTask returned) => returned.AsTask().GetAwaiter().GetResult();
}

/// <inheritdoc cref="TaskWriter"/>
internal sealed class ValueTaskWriter<T> : ResultWriter<ValueTask<T>>
{
    public override void Write(FunctionCall call, ValueTask<T> returned) =>
        call.SetResult(returned.IsCompletedSuccessfully ? returned.Result : returned.AsTask().GetAwaiter().GetResult());
}
