namespace Iarnet.Dag;

/// <summary>A call whose arguments, however many, become the elements of one array.</summary>
internal sealed class VariadicNode<T, TR>(DagSession session, SessionFunction function, in TypedBody body, DataRef<TR> output, DataRef<T>[] inputs)
    : ResultNode<TR>(session, function, body, output)
{
    private DataRef<T>[] _inputs = inputs;

    public override int ArgumentCount => _inputs.Length;

    public override DataRef GetInput(int index) => _inputs[index];

    public override Task? Invoke()
    {
        var values = new T[_inputs.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = _inputs[i].Value;
        }

        return Kind switch
        {
            CallKind.Value => Set(((Func<T[], TR>)Body!)(values)),
            CallKind.Task => Await(((Func<T[], Task<TR>>)Body!)(values)),
            CallKind.CancelableTask => Await(((Func<T[], CancellationToken, Task<TR>>)Body!)(values, Cancellation)),
            _ => throw NoBody(),
        };
    }

    protected override void DropInputs() => _inputs = [];
}
