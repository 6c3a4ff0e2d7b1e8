using Iarnet.Bus;
using Iarnet.Components.Protocol;
using Iarnet.Components.Wire;
using Microsoft.Extensions.Logging;

namespace Iarnet.Components.Worker;

/// <content>What the engine says. Called from the bus's loop, one message after the other.</content>
public sealed partial class ComponentRuntime
{
    private void Received(ReadOnlyMemory<byte> command)
    {
        var reading = new Reading(this);
        try
        {
            CommandReader.Read(command, reading.Texts, reading);
            reading.Finish();
        }
        catch (InvalidDataException e)
        {
            CommandMalformed(e);
            _broken.TrySetResult(e.Message);
        }
    }

    private void Load(LoadFunction load)
    {
        var function = new LoadedFunction(load.FunctionNumber, load.Name);
        if (!_functions.TryAdd(load.FunctionNumber, function))
        {
            throw WireReader.Malformed($"function number {load.FunctionNumber} is given twice");
        }

        var manifest = ManifestReader.Read(load);
        // Not here: loading reads files and waits for the store.
        _ = Task.Run(() => LoadAsync(function, manifest));
    }

    private async Task LoadAsync(LoadedFunction function, FunctionManifest manifest)
    {
        IComponentFunction? loaded = null;
        Error? error = null;
        try
        {
            loaded = await _loader.LoadAsync(manifest, _ended.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LoadFailed(e, function.Name);
            error = ErrorText.Of(e);
        }

        _reports.Loaded(function.Number, error);
        function.Settle(loaded, error, GoOn);
        _reports.SendSoon();
    }

    private void Start(FunctionCall call)
    {
        if (!call.Function.TryWait(call))
        {
            GoOn(call);
        }
    }

    private void GoOn(FunctionCall call)
    {
        if (call.Function.Error is { } error)
        {
            _reports.Failed(call.Id, error, 0, 0);
            _reports.SendSoon();
        }
        else
        {
            _executor.Enqueue(call);
        }
    }

    private void Cancel(HashSet<ulong> calls)
    {
        // In the order in which a call moves on, so that none slips past between the two.
        foreach (var function in _functions.Values)
        {
            function.Cancel(calls);
        }

        _executor.Cancel(calls);
    }

    private void Drain()
    {
        _executor.Close();
        _ = Task.Run(() =>
        {
            _executor.WaitIdle();
            _reports.Drained();
            _reports.SendNow();
        });
    }

    [LoggerMessage(1, LogLevel.Critical, "The engine sent what is not a command; the component ends.")]
    private partial void CommandMalformed(Exception error);

    [LoggerMessage(2, LogLevel.Error, "Function {Function} could not be loaded.")]
    private partial void LoadFailed(Exception error, string function);

    /// <summary>One command while it is read.</summary>
    private sealed class Reading(ComponentRuntime runtime) : ICommandSink
    {
        private readonly long _now = runtime._time.GetTimestamp();
        private HashSet<ulong>? _canceled;
        private LoadedFunction? _latest;

        public TextCache Texts => runtime._texts;

        public void Load(LoadFunction load) => runtime.Load(load);

        public void Invoke(in InvokeCommand invoke)
        {
            if (_latest?.Number != invoke.Function && !runtime._functions.TryGetValue(invoke.Function, out _latest))
            {
                throw WireReader.Malformed($"call {invoke.CallId} is of function {invoke.Function}, which was never loaded");
            }

            runtime.Start(new FunctionCall(invoke, _latest!, runtime._environment, _now));
        }

        public void Cancel(ulong callId) => (_canceled ??= []).Add(callId);

        public void Drain() => runtime.Drain();

        public void Finish()
        {
            if (_canceled is not null)
            {
                runtime.Cancel(_canceled);
            }
        }
    }

    private readonly TextCache _texts = new();

    private sealed class Handler(ComponentRuntime runtime) : IBusClientHandler
    {
        public void Received(ComponentBusClient client, BusMessage message)
        {
            if (message.Kind == BusMessageKind.Request)
            {
                client.Fault(message, "A component answers no requests.");
                return;
            }

            // One copy of the whole command: arguments point into it for as long as their calls live.
            runtime.Received(message.Payload.ToArray());
        }
    }
}
