using System.Collections.Frozen;
using Iarnet.Functions;
using Iarnet.Hosting.Python;
using Iarnet.Hosting.Registration;

namespace Iarnet.Hosting.Functions;

/// <summary>The functions that were added to a node, by name.</summary>
internal sealed class FunctionTable
{
    private readonly IReadOnlyList<FunctionRegistration> _registrations;
    private readonly FrozenDictionary<string, FunctionDefinition> _named;

    /// <param name="registrations">What was added.</param>
    /// <param name="pythonInterpreter">The interpreter that was named; null to search for one.</param>
    public FunctionTable(IEnumerable<FunctionRegistration> registrations, string? pythonInterpreter)
    {
        _registrations = [.. registrations];
        var named = new Dictionary<string, FunctionDefinition>(StringComparer.Ordinal);
        foreach (var definition in _registrations.Select(registration => registration.Definition).OfType<FunctionDefinition>())
        {
            if (!named.TryAdd(definition.Name, definition))
            {
                throw new IarnetException($"Two functions are named '{definition.Name}'. Give each a name of its own.");
            }
        }

        _named = named.ToFrozenDictionary(StringComparer.Ordinal);

        // The search starts processes: not for a node that has no use for the answer.
        PythonInterpreter = pythonInterpreter ?? (NeedsPython ? PythonSearch.Find() : PythonSearch.Usual);
    }

    public string PythonInterpreter { get; }

    public bool NeedsPython => _named.Values.Any(function => function.Language == FunctionLanguages.Python);

    public FunctionDefinition Get(string name) => _named.TryGetValue(name, out var definition)
        ? definition
        : throw new FunctionNotSupportedException($"No function was added under the name '{name}'. There is: {(_named.Count == 0 ? "none" : string.Join(", ", _named.Keys.Order(StringComparer.Ordinal)))}.");

    public void RegisterWith(DagEngine engine)
    {
        foreach (var registration in _registrations)
        {
            registration.RegisterWith(engine);
        }
    }
}
