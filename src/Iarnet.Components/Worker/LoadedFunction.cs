using Iarnet.Components.Wire;

namespace Iarnet.Components.Worker;

/// <summary>A function on its way to being loaded, loaded, or failed. Calls that come before wait in it.</summary>
internal sealed class LoadedFunction(uint number, string name)
{
    private readonly Lock _lock = new();
    private List<FunctionCall>? _waiting = [];

    public uint Number => number;

    public string Name => name;

    public IComponentFunction? Function { get; private set; }

    public Error? Error { get; private set; }

    /// <returns>False when the function is settled: the call does not wait.</returns>
    public bool TryWait(FunctionCall call)
    {
        lock (_lock)
        {
            _waiting?.Add(call);
            return _waiting is not null;
        }
    }

    /// <summary>The function is loaded, or failed; calls that waited go on, from now on none waits.</summary>
    public void Settle(IComponentFunction? function, Error? error, Action<FunctionCall> goOn)
    {
        lock (_lock)
        {
            Function = function;
            Error = error;
            var waited = _waiting ?? [];
            _waiting = null;
            // Under the lock: a cancellation must find a call either here or where it goes on to.
            waited.ForEach(goOn);
        }
    }

    public void Cancel(HashSet<ulong> ids)
    {
        lock (_lock)
        {
            foreach (var call in _waiting ?? [])
            {
                if (ids.Contains(call.Id))
                {
                    call.Cancel();
                }
            }
        }
    }
}
