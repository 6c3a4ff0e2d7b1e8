using Iarnet.Dag;

namespace Iarnet;

public sealed partial class DagSession
{
    /// <summary>
    /// Calls a function: adds a control node and returns its result's reference at once. Each argument is a value, or the
    /// reference of a result that may not be there yet. Never blocks; thread-safe.
    /// </summary>
    /// <param name="function">A static method, or a lambda that captures nothing.</param>
    /// <returns>The result's reference. Errors of the call arrive where it is awaited.</returns>
    /// <exception cref="FunctionNotSupportedException">The function captures variables, is not static, is generic, or no actor host runs its language.</exception>
    /// <exception cref="FunctionConflictException">Its options contradict those of another function of its group.</exception>
    /// <exception cref="CallCanceledException">The session was closed or cancelled.</exception>
    /// <exception cref="InvalidGraphException">An argument belongs to another session.</exception>
    public DataRef<TR> Call<TR>(Func<TR> function) =>
        Add(new ControlNode<TR>(this, Resolve(function), new(function, CallKind.Value), new DataRef<TR>(this)));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<TR>(Func<Task<TR>> function) =>
        Add(new ControlNode<TR>(this, Resolve(function), new(function, CallKind.Task), new DataRef<TR>(this)));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<TR>(Func<CancellationToken, Task<TR>> function) =>
        Add(new ControlNode<TR>(this, Resolve(function), new(function, CallKind.CancelableTask), new DataRef<TR>(this)));
}
