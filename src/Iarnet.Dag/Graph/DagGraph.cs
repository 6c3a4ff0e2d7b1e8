using Iarnet.Dag;

namespace Iarnet;

/// <summary>
/// A session's DAG node by node, with ids that the program chooses. Data nodes are put or made by control nodes; an edge may lead to a
/// data node that is not there yet, and waits for it as a pending edge. Calls run as soon as their inputs are done, while nodes are
/// still being added. Thread-safe.
/// </summary>
public sealed partial class DagGraph
{
    private readonly DagSession _session;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, DataSlot> _data = [];
    private readonly HashSet<string> _controls = [];
    private bool _complete;

    internal DagGraph(DagSession session) => _session = session;

    /// <summary>The ids of the data nodes that edges lead to, but that nobody added yet.</summary>
    public IReadOnlyList<string> PendingEdges
    {
        get
        {
            lock (_lock)
            {
                return [.. _data.Values.Where(slot => !slot.IsDefined).Select(slot => slot.Id)];
            }
        }
    }

    /// <summary>Adds a data node with its value.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <exception cref="InvalidGraphException">The id is taken, control nodes expect another type, or the graph is complete.</exception>
    /// <exception cref="CallCanceledException">The session was closed or cancelled.</exception>
    public DataRef<T> AddData<T>(string id, T value)
    {
        ArgumentNullException.ThrowIfNull(id);
        lock (_lock)
        {
            ThrowIfComplete(id);
            if (!_data.TryGetValue(id, out var slot))
            {
                var node = _session.Put(value);
                _data[id] = new DataSlot(id, node) { IsDefined = true };
                return node;
            }

            var expected = Undefined<DataRef<T>>(slot);
            _session.ThrowIfClosed();
            expected.SetValue(value);
            slot.IsDefined = true;
            _session.Engine.Loop.Enqueue(loop => expected.EndIfPending(loop));
            return expected;
        }
    }

    /// <summary>Adds a control node: a call of a function on data nodes, and the data node of its result.</summary>
    /// <param name="id">The id of the control node, unique among them.</param>
    /// <param name="function">What to call.</param>
    /// <param name="inputs">The ids of its arguments' data nodes, in order; each may be added later.</param>
    /// <param name="output">The id of its result's data node, unique among the data nodes that are put or made.</param>
    /// <exception cref="InvalidGraphException">An id is taken, the arity or a type is wrong, there would be a cycle, or the graph is complete.</exception>
    /// <exception cref="CallCanceledException">The session was closed or cancelled.</exception>
    public DataRef AddControl(string id, FunctionRef function, IReadOnlyList<string> inputs, string output)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(output);
        var called = _session.Resolve(function);
        string[] inputIds = [.. inputs];
        lock (_lock)
        {
            ThrowIfComplete(id);
            Check(id, function, inputIds, output);

            // Nothing is written before everything was checked: a refused node leaves no trace.
            var arguments = inputIds.Select((input, index) => _data.GetValueOrDefault(input) ?? new DataSlot(input, function.NewInput(_session, index))).ToArray();
            var result = _data.GetValueOrDefault(output) ?? new DataSlot(output, function.NewOutput(_session));
            CheckRepeated(id, function, inputIds, arguments);
            var shared = arguments.Select(argument => Array.Find(arguments, other => other.Id == argument.Id)!).ToArray();
            _session.Add(function.NewCall(_session, called, [.. shared.Select(argument => argument.Node)], result.Node));
            result.IsDefined = true;
            _data[output] = result;
            _controls.Add(id);
            foreach (var argument in shared)
            {
                _data[argument.Id] = argument;
                argument.Makes.Add(output);
            }

            return result.Node;
        }
    }

    /// <summary>The data node with an id, also when only edges lead to it yet.</summary>
    /// <exception cref="InvalidGraphException">No node and no edge has the id, or it has another type.</exception>
    public DataRef<T> GetData<T>(string id)
    {
        lock (_lock)
        {
            return !_data.TryGetValue(id, out var slot) ? throw Unknown(id)
                : slot.Node as DataRef<T> ?? throw WrongType(id, slot.Node.GetType(), typeof(DataRef<T>));
        }
    }

    /// <summary>Declares that no more nodes come.</summary>
    /// <exception cref="InvalidGraphException">Edges lead to nodes that were never added. The graph stays open: add them, or close the session.</exception>
    public void Complete()
    {
        lock (_lock)
        {
            var unknown = PendingEdges;
            if (unknown.Count > 0)
            {
                throw Unknown(string.Join("', '", unknown.Order(StringComparer.Ordinal).Take(10)));
            }

            _complete = true;
        }
    }

    internal void EndPending(EngineLoop loop, Failure failure)
    {
        lock (_lock)
        {
            foreach (var slot in _data.Values)
            {
                slot.Node.EndIfPending(loop, failure);
            }
        }
    }

    private sealed class DataSlot(string id, DataRef node)
    {
        public string Id => id;

        public DataRef Node => node;

        public bool IsDefined { get; set; }

        /// <summary>The outputs of the control nodes that need it.</summary>
        public List<string> Makes { get; } = [];
    }
}
