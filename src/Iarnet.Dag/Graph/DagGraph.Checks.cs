namespace Iarnet;

public sealed partial class DagGraph
{
    private void Check(string id, FunctionRef function, string[] inputs, string output)
    {
        if (_controls.Contains(id))
        {
            throw new InvalidGraphException(GraphFault.DuplicateId, $"A control node '{id}' is there already. Ids are unique in a session.");
        }

        if (function.ParameterCount >= 0 && function.ParameterCount != inputs.Length)
        {
            throw new InvalidGraphException(
                GraphFault.WrongArity,
                $"Control node '{id}' has {inputs.Length} inputs, but function '{function.Name}' has {function.ParameterCount} parameters.");
        }

        if (_data.TryGetValue(output, out var result))
        {
            if (result.IsDefined)
            {
                throw new InvalidGraphException(GraphFault.DuplicateId, $"Control node '{id}' would make data node '{output}', which is there already.");
            }

            RequireType(output, result.Node, function.NewOutput(_session));
        }

        for (var i = 0; i < inputs.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(inputs[i], nameof(inputs));
            if (_data.TryGetValue(inputs[i], out var argument))
            {
                RequireType(inputs[i], argument.Node, function.NewInput(_session, i));
            }
        }

        if (FindCycle(inputs, output) is { } through)
        {
            throw new InvalidGraphException(
                GraphFault.Cycle,
                $"Control node '{id}' would make '{output}' out of '{through}', which is itself made out of '{output}'. A DAG has no cycles.");
        }
    }

    /// <summary>One data node that several parameters take has one type.</summary>
    private static void CheckRepeated(string id, FunctionRef function, string[] inputs, DataSlot[] arguments)
    {
        for (var i = 1; i < inputs.Length; i++)
        {
            var first = Array.IndexOf(inputs, inputs[i]);
            if (first < i && arguments[first].Node.GetType() != arguments[i].Node.GetType())
            {
                throw new InvalidGraphException(
                    GraphFault.WrongType, $"Control node '{id}' uses '{inputs[i]}' for parameters {first} and {i} of '{function.Name}', which have different types.");
            }
        }
    }

    /// <summary>
    /// An input that the output leads to, if there is one. Only an output that somebody waits for already leads anywhere:
    /// in a graph that is added in order nothing is searched.
    /// </summary>
    private string? FindCycle(string[] inputs, string output)
    {
        var wanted = inputs.ToHashSet();
        var seen = new HashSet<string> { output };
        var open = new Stack<string>([output]);
        while (open.TryPop(out var at))
        {
            if (wanted.Contains(at))
            {
                return at;
            }

            if (_data.TryGetValue(at, out var slot))
            {
                foreach (var next in slot.Makes.Where(seen.Add))
                {
                    open.Push(next);
                }
            }
        }

        return null;
    }

    private TNode Undefined<TNode>(DataSlot slot)
        where TNode : DataRef
    {
        if (slot.IsDefined)
        {
            throw new InvalidGraphException(GraphFault.DuplicateId, $"A data node '{slot.Id}' is there already. Ids are unique in a session.");
        }

        return slot.Node as TNode ?? throw WrongType(slot.Id, slot.Node.GetType(), typeof(TNode));
    }

    private void ThrowIfComplete(string id)
    {
        if (_complete)
        {
            throw new InvalidGraphException(GraphFault.Completed, $"Node '{id}' came after the graph of session '{_session.Name}' was declared complete.");
        }
    }

    private static void RequireType(string id, DataRef actual, DataRef expected)
    {
        if (actual.GetType() != expected.GetType())
        {
            throw WrongType(id, actual.GetType(), expected.GetType());
        }
    }

    private static InvalidGraphException WrongType(string id, Type actual, Type expected) => new(
        GraphFault.WrongType,
        $"Data node '{id}' is a {actual.GenericTypeArguments[0].Name}, where a {expected.GenericTypeArguments[0].Name} is expected.");

    private InvalidGraphException Unknown(string ids) => new(
        GraphFault.UnknownNode,
        $"Data node '{ids}' was never added to the graph of session '{_session.Name}'. Add it with AddData, or add the control node that makes it.");
}
