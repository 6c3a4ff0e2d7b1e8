using Iarnet.Functions;

namespace Iarnet.Dag;

/// <summary>A function that an engine knows, with the group that runs it.</summary>
internal sealed class FunctionEntry(FunctionDefinition definition, GroupState group)
{
    public FunctionDefinition Definition => definition;

    public GroupState Group => group;
}
