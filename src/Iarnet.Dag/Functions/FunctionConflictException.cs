namespace Iarnet;

/// <summary>
/// Two statements about a function or its group contradict each other: other options for a function that is known already,
/// or functions of one group that differ in what a component of the group must be.
/// </summary>
public sealed class FunctionConflictException : IarnetException
{
    /// <summary>Creates the error with a text that names the entity, the expected, the actual and the next step.</summary>
    public FunctionConflictException(string message)
        : base(message)
    {
    }
}
