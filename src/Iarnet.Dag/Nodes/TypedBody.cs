namespace Iarnet.Dag;

/// <summary>A function's delegate and its shape; without a delegate for functions of other processes.</summary>
internal readonly record struct TypedBody(Delegate? Body, CallKind Kind);
