using System.Reflection;

namespace Iarnet.Functions;

/// <summary>
/// A static method of a .NET assembly, or a lambda that captures nothing. The assembly and what it needs travel by content hash.
/// The compiler makes such a lambda an instance method of a class without fields: it is invoked on a new instance of that class.
/// </summary>
/// <param name="Method">The method; not generic, and static unless it is such a lambda.</param>
public sealed record DotNetMethodCode(MethodInfo Method) : FunctionCode;
