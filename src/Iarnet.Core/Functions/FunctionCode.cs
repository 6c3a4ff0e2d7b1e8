namespace Iarnet.Functions;

/// <summary>What a function is made of, in the form its language uses.</summary>
public abstract record FunctionCode;
