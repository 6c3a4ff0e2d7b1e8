using System.Reflection;

namespace Iarnet.Functions;

/// <summary>A static method of a .NET assembly. The assembly and what it needs travel by content hash.</summary>
/// <param name="Method">The method; static, and not generic.</param>
public sealed record DotNetMethodCode(MethodInfo Method) : FunctionCode;
